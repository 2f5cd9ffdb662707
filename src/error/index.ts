// The one error type of the program: a stable code, what happened, the cause and what to do next (docs/errors.md is
// made from the kinds each room declares). Only src/main.ts turns an error into an exit code.

/** A documented failure: one row of docs/errors.md. */
export interface ErrorKind {
  /** Stable code, `HAB-<ROOM>-<three digits>`; never reused for another meaning. */
  readonly code: string;
  /** What it means, in the words of a user, without the particulars. */
  readonly title: string;
  /** The general way out; an error may carry a more precise one. */
  readonly remedy: string;
  /** Exit code of the process when this error ends a command (1 unless the original differs). */
  readonly exitCode: number;
}

/** Declares the error kinds of a room; `exitCode` is 1 where not given. */
export function errorKinds<const Name extends string>(
  kinds: Record<Name, Omit<ErrorKind, "exitCode"> & { exitCode?: number }>,
): Record<Name, ErrorKind> {
  const declared = {} as Record<Name, ErrorKind>;
  for (const name in kinds) declared[name] = { exitCode: 1, ...kinds[name] };
  return declared;
}

export interface HabErrorOptions {
  /** What to do next, more precise than the kind's remedy. */
  readonly next?: string;
  readonly cause?: unknown;
  /** Overrides the kind's exit code (a failed install hook hands on its own). */
  readonly exitCode?: number;
}

/** An error a person can act on. `message` says what happened and to which thing. Holds no secret. */
export class HabError extends Error {
  readonly kind: ErrorKind;
  readonly next: string;
  readonly exitCode: number;

  constructor(kind: ErrorKind, message: string, options: HabErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "HabError";
    this.kind = kind;
    this.next = options.next ?? kind.remedy;
    this.exitCode = options.exitCode ?? kind.exitCode;
  }

  get code(): string {
    return this.kind.code;
  }
}

/** Whether `error` is of this kind. */
export function isKind(error: unknown, kind: ErrorKind): error is HabError {
  return error instanceof HabError && error.kind.code === kind.code;
}

/** One line for any thrown value: its message and those of its causes, joined by `: `, without repetition. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  for (let current = error, depth = 0; current !== undefined && current !== null && depth < 8; depth++) {
    const text = current instanceof Error ? current.message : String(current);
    if (text !== "" && !parts.some((part) => part.includes(text))) parts.push(text);
    current = current instanceof Error ? current.cause : undefined;
  }
  return parts.join(": ");
}

/** The POSIX error name (`ENOENT`) of a system error, or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}
