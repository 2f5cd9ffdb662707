// Questions to the person at the terminal, or to whatever is on standard input (reference/cli.md §6.4).
import { read } from "node:fs";
import { HabError, systemErrorCode } from "../error/index.ts";
import { uiErrors } from "./errors.ts";

/** Gives the next line of standard input without its newline; undefined at its end. */
export type LineReader = () => Promise<string | undefined>;

const LONGEST_ANSWER_BYTES = 64 * 1024;
const NEWLINE = 10;

/**
 * Reads lines of a descriptor byte by byte, so that nothing after the line is taken away from a later reader. The original
 * loses it; with this `printf 'yes\nname\n' | hab cli setup` works.
 */
export function descriptorLines(descriptor: number, signal?: AbortSignal): LineReader {
  return async () => {
    const bytes: number[] = [];
    for (;;) {
      const byte = await readByte(descriptor, signal);
      if (byte === undefined) return bytes.length === 0 ? undefined : Buffer.from(bytes).toString();
      if (byte === NEWLINE) return Buffer.from(bytes).toString().replace(/\r$/, "");
      bytes.push(byte);
      if (bytes.length > LONGEST_ANSWER_BYTES)
        throw new HabError(
          uiErrors.answerTooLong,
          `An answer on standard input is longer than ${LONGEST_ANSWER_BYTES} bytes`,
        );
    }
  };
}

function readByte(descriptor: number, signal: AbortSignal | undefined): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = () => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const buffer = Buffer.alloc(1);
    read(descriptor, buffer, 0, 1, null, (error, count) => {
      signal?.removeEventListener("abort", onAbort);
      if (error !== null && systemErrorCode(error) !== "EOF") reject(error);
      else resolve(count === 0 || error !== null ? undefined : buffer[0]);
    });
  });
}

export type YesNo = "yes" | "no" | "quit";

/** What an answer to a yes-or-no question means: its first letter decides, an empty one is the default. */
export function parseYesNo(
  answer: string | undefined,
  fallback: "yes" | "no" | undefined,
): YesNo | undefined {
  const letter = answer?.trimStart()[0]?.toLowerCase();
  if (letter === undefined) return fallback ?? (answer === undefined ? "quit" : undefined);
  if (letter === "y") return "yes";
  if (letter === "n") return "no";
  return letter === "q" ? "quit" : undefined;
}
