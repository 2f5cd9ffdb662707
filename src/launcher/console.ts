// What the launcher prints: its own remarks and the lines of services (reference/supervisor.md §16.1), without ever
// waiting for a reader: a slow one holds back only the services whose lines it does not take.
import { constants, fstatSync, openSync, writeSync } from "node:fs";

/** The preamble of the launcher's own lines. */
const PROGRAM = "hab-launch";

export interface LineFormat {
  readonly json: boolean;
  readonly color: boolean;
}

/**
 * The format by the launcher's arguments and environment. Compat: colour goes by TERM and NO_COLOR alone, whether or
 * not a terminal reads.
 */
export function lineFormat(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): LineFormat {
  const json = args.includes("--json-logging");
  const term = environment["TERM"];
  const color = term !== undefined && term !== "dumb" && environment["NO_COLOR"] === undefined;
  return { json, color: color && !json && !args.includes("--no-color") };
}

/** One line with its end. */
export function formatLine(format: LineFormat, preamble: string, key: string, content: string): string {
  if (format.json) return `${JSON.stringify({ preamble, logkey: key, content })}\n`;
  if (!format.color) return `${preamble}(${key}): ${content}\n`;
  const hue = preamble === PROGRAM ? 36 : 32;
  return `\x1b[0m\x1b[0m\x1b[${hue}m${preamble}\x1b[0m(\x1b[0m\x1b[1m\x1b[37m${key}\x1b[0m): \x1b[0m${content}\x1b[0m\n`;
}

export class Console {
  readonly #format: LineFormat;
  readonly #outputs: readonly [Sink, Sink];

  constructor(format: LineFormat) {
    this.#format = format;
    this.#outputs = [openSink(1), openSink(2)];
  }

  /** A remark of the launcher itself, or on a service. */
  remark(content: string, preamble: string = PROGRAM): void {
    void this.#outputs[0].write(formatLine(this.#format, preamble, "SV", content));
  }

  /** Lines a service printed. Resolves when they were taken. */
  serviceLines(group: string, stream: "stdout" | "stderr", lines: readonly string[]): Promise<void> {
    const key = stream === "stdout" ? "O" : "E";
    let text = "";
    for (const line of lines) text += formatLine(this.#format, group, key, line);
    return this.#outputs[stream === "stdout" ? 0 : 1].write(text);
  }

  /** Resolves when everything written so far was taken, or nobody takes it any more. */
  async flush(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output.write("")));
  }
}

interface Sink {
  write(text: string): Promise<void>;
}

/** Where descriptor 1 or 2 goes. */
function openSink(descriptor: number): Sink {
  try {
    const status = fstatSync(descriptor);
    if (status.isFile()) return fileSink(descriptor);
  } catch {
    return { write: async () => {} };
  }
  return streamSink(ownDescription(descriptor));
}

/** Regular files take everything at once. */
function fileSink(descriptor: number): Sink {
  return {
    async write(text) {
      const bytes = Buffer.from(text);
      try {
        for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
      } catch {
        // A full disk must not end the services: their lines are lost instead.
      }
    },
  };
}

/**
 * The runtime makes what it writes to non-blocking, which would show in every other program that shares the pipe or
 * terminal; so it gets an open file description of its own, where the system gives one (sockets have none).
 */
function ownDescription(descriptor: number): number {
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return descriptor;
  }
}

function streamSink(descriptor: number): Sink {
  const writer = Bun.file(descriptor).writer();
  let last: Promise<void> = Promise.resolve();
  const send = async (text: string) => {
    try {
      if (text !== "") writer.write(text);
      await writer.flush();
    } catch {
      // The reader has gone: services run on, their lines are lost.
    }
  };
  return {
    write(text) {
      last = last.then(() => send(text));
      return last;
    },
  };
}
