// Where text goes. Writes are synchronous, so lines on standard output and standard error keep their order and nothing
// is lost when the process ends.
import { fstatSync, writeSync } from "node:fs";
import { systemErrorCode } from "../error/index.ts";

export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** Width in columns; 100 where it is not a terminal. */
  readonly columns: number;
}

/** The reader of our output has gone (`hab pkg list | head`): not a failure of the command. */
export class OutputClosed extends Error {
  constructor() {
    super("the reader of the output has closed it");
    this.name = "OutputClosed";
  }
}

const DEFAULT_COLUMNS = 100;
/** A full pipe that somebody set to non-blocking is tried again this often. */
const FULL_PIPE_RETRY_MS = 1;

/** Output to a file descriptor. Throws OutputClosed when nobody reads any more. */
export function fileOutput(descriptor: 1 | 2): Output {
  let isTerminal: boolean | undefined;
  return {
    write: (text) => writeFully(descriptor, typeof text === "string" ? Buffer.from(text) : text),
    get isTerminal() {
      isTerminal ??= isTerminalDescriptor(descriptor);
      return isTerminal;
    },
    get columns() {
      if (!this.isTerminal) return DEFAULT_COLUMNS;
      const stream = descriptor === 1 ? process.stdout : process.stderr;
      return stream.columns || DEFAULT_COLUMNS;
    },
  };
}

/** Loading node:tty takes longer than all the rest of a short command, so it is asked about character devices only. */
function isTerminalDescriptor(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    return false;
  }
  return process.getBuiltinModule("node:tty").isatty(descriptor);
}

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = systemErrorCode(error);
      // EIO of a terminal: it has been hung up.
      if (code === "EPIPE" || (code === "EIO" && fstatSync(descriptor).isCharacterDevice()))
        throw new OutputClosed();
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_RETRY_MS);
    }
  }
}

/** Collects what is written, for tests. */
export function memoryOutput(options: { isTerminal?: boolean; columns?: number } = {}): Output & {
  readonly text: string;
} {
  const chunks: Buffer[] = [];
  return {
    write: (text) => void chunks.push(Buffer.from(text)),
    isTerminal: options.isTerminal ?? false,
    columns: options.columns ?? DEFAULT_COLUMNS,
    get text() {
      return Buffer.concat(chunks).toString();
    },
  };
}
