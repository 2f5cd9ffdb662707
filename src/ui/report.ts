// How an error is shown: what happened, why, what to do next, and its code.
import { describeError, HabError } from "../error/index.ts";
import { systemFailure } from "./system-error.ts";
import type { Ui } from "./ui.ts";

/** Exit code for a bug of ours (EX_SOFTWARE). */
export const INTERNAL_ERROR_EXIT_CODE = 70;

/** Shows an error as a fatal block and gives the exit code that belongs to it. `redact` takes secrets out of texts. */
export function reportError(
  ui: Ui,
  error: unknown,
  redact: (text: string) => string = (text) => text,
): number {
  const shown = systemFailure(error) ?? error;
  ui.fatal(redact(errorLines(shown).join("\n")));
  return exitCodeOf(shown);
}

/** The same as one JSON object, for commands run with `--json`. */
export function errorAsJson(thrown: unknown): { error: Record<string, unknown> } {
  const error = systemFailure(thrown) ?? thrown;
  if (error instanceof HabError)
    return {
      error: {
        code: error.code,
        message: error.message,
        ...(error.cause !== undefined && { cause: describeError(error.cause) }),
        next: error.next,
        exitCode: error.exitCode,
      },
    };
  return { error: { message: errorLines(error).join("\n"), exitCode: exitCodeOf(error) } };
}

export function exitCodeOf(error: unknown): number {
  return (error instanceof HabError ? error : systemFailure(error))?.exitCode ?? INTERNAL_ERROR_EXIT_CODE;
}

function errorLines(error: unknown): string[] {
  if (error instanceof HabError) {
    const lines = error.message.split("\n");
    const cause = error.cause === undefined ? "" : describeError(error.cause);
    if (cause !== "" && !error.message.includes(cause)) lines.push(`Cause: ${cause}`);
    lines.push(`Next:  ${error.next}`, `Code:  ${error.code}`);
    return lines;
  }
  return [
    `hab has a bug: ${error instanceof Error ? `${error.name}: ${describeError(error)}` : String(error)}`,
    ...stackFrames(error),
    "Nothing you did should lead here. Please report these lines and what you ran,",
    "without tokens or keys, as CONTRIBUTING.md describes.",
  ];
}

const MOST_FRAMES = 8;

/** Function names and places only; a frame never shows arguments. */
function stackFrames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  return stack
    .split("\n")
    .filter((line) => /^\s*at /.test(line))
    .slice(0, MOST_FRAMES)
    .map((line) => `  ${line.trim()}`);
}
