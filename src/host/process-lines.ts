// Output of a process as lines: lossy UTF-8, `\n` or `\r\n` taken off, no line longer than a bound, and the writer held
// back while nobody reads (reference/supervisor.md §10).
import { closeSync } from "node:fs";

/** Longer lines are handed on in pieces of this many UTF-16 units, so that no output can fill our memory. */
export const MAX_LINE_LENGTH = 65_536;

/** Cuts bytes into lines. Pure: `push` and `end` return the lines completed so far. */
export class LineSplitter {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #maxLength: number;
  #rest = "";

  constructor(maxLength: number = MAX_LINE_LENGTH) {
    this.#maxLength = maxLength;
  }

  push(chunk: Uint8Array): string[] {
    return this.#cut(this.#decoder.decode(chunk, { stream: true }));
  }

  /** What is left at the end of the stream: an unterminated line, if any. */
  end(): string[] {
    const lines = this.#cut(this.#decoder.decode());
    if (this.#rest !== "") lines.push(this.#rest);
    this.#rest = "";
    return lines;
  }

  #cut(text: string): string[] {
    if (text === "") return [];
    const pieces = (this.#rest + text).split("\n");
    this.#rest = pieces.pop() as string;
    const lines: string[] = [];
    for (const piece of pieces) this.#add(lines, piece.endsWith("\r") ? piece.slice(0, -1) : piece);
    while (this.#rest.length > this.#maxLength) {
      lines.push(this.#rest.slice(0, this.#maxLength));
      this.#rest = this.#rest.slice(this.#maxLength);
    }
    return lines;
  }

  #add(lines: string[], line: string): void {
    if (line.length <= this.#maxLength) {
      lines.push(line);
      return;
    }
    for (let start = 0; start < line.length; start += this.#maxLength)
      lines.push(line.slice(start, start + this.#maxLength));
  }
}

/**
 * Chunks read from a pipe until its end. Takes `descriptor` over: it is closed at the end, when the loop is left early and
 * when the signal aborts, also while nothing comes (the writer then gets SIGPIPE).
 */
export async function* readPipe(
  descriptor: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = Bun.file(descriptor).stream().getReader();
  const abort = () => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  // The reader has a duplicate by now; with both, each service would cost two descriptors more.
  closeSync(descriptor);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener("abort", abort);
    await reader.cancel().catch(() => {});
  }
}

/** The lines of a pipe, in the portions in which they arrived. Takes `descriptor` over as `readPipe` does. */
export async function* readLineBatches(
  descriptor: number,
  signal?: AbortSignal,
): AsyncGenerator<string[], void, undefined> {
  const splitter = new LineSplitter();
  for await (const chunk of readPipe(descriptor, signal)) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const rest = splitter.end();
  if (rest.length > 0) yield rest;
}

/** The lines of a pipe, one by one. Takes `descriptor` over as `readPipe` does. */
export async function* readLines(descriptor: number): AsyncGenerator<string, void, undefined> {
  for await (const lines of readLineBatches(descriptor)) yield* lines;
}
