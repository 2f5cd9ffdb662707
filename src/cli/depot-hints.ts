// What a refusal of the depot means for one command: the same status says different things to different commands
// (reference/cli.md §10.6, depot-api.md §11).
import { DepotFailure } from "../depot-client/index.ts";
import type { ErrorKind } from "../error/index.ts";

/** What to do next, and the kind of failure where the status alone does not tell it. */
export interface Hint {
  readonly kind?: ErrorKind;
  readonly next?: string;
}

/** Hints by HTTP status. */
export type Hints = Readonly<Record<number, Hint>>;

/** Waits for a call to a depot; a failure with a status that has a hint is thrown with the hint. */
export async function withHints<T>(hints: Hints, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof DepotFailure) || error.status === undefined) throw error;
    const hint = hints[error.status];
    if (hint === undefined) throw error;
    const kind = hint.kind ?? error.kind;
    throw new DepotFailure(kind, error.message, {
      status: error.status,
      cause: error.cause,
      next: hint.next ?? kind.remedy,
    });
  }
}
