// What the commands that change something of an origin on the depot share: their options, and to say it before and after and
// what to do when the depot refuses (reference/cli.md §10.6).
import type { DepotClient } from "../../depot-client/index.ts";
import type { StatusVerb, Ui } from "../../ui/index.ts";
import { depotWithToken } from "../depot-access.ts";
import { type Hints, withHints } from "../depot-hints.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";

/** The parts of a definition that all of them have. */
export const changesOrigin = () =>
  ({ options: { url: urlOption(), auth: authOption() }, json: true, hasVersion: false }) as const;

export interface OriginChange {
  /** Before and after. */
  readonly verbs: readonly [StatusVerb, StatusVerb];
  /** What is changed, as both lines say it. */
  readonly what: string;
  /** What to do about a refusal, by status. */
  readonly hints: Hints;
  change(depot: DepotClient, signal: AbortSignal): Promise<void>;
  /** The JSON document. */
  readonly result: Readonly<Record<string, unknown>>;
}

type Context = Parameters<typeof depotWithToken>[0] & {
  readonly ui: Ui;
  readonly json: boolean;
  readonly signal: AbortSignal;
  printJson(value: unknown): void;
};

/** Makes the change. */
export async function changeOrigin(context: Context, change: OriginChange): Promise<void> {
  const { ui, json, printJson, signal } = context;
  const [before, after] = change.verbs;
  const depot = await depotWithToken(context);
  ui.status(before, change.what);
  await withHints(change.hints, change.change(depot, signal));
  ui.status(after, change.what);
  if (json) printJson(change.result);
}
