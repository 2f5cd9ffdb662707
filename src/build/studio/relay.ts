// Between the caller's terminal and the one a studio's program has: keys go in, output comes out, the size follows. What is
// not a terminal (a pipe, a file) is handed on as it is.
import { closeSync, write } from "node:fs";
import { isatty } from "node:tty";
import { duplicateDescriptor, makeRaw, openTerminal, readPipe } from "../../host/index.ts";

export interface TerminalRelay {
  /** What the program gets as standard input, output and error. */
  readonly streams: readonly [number, number, number];
  readonly slave: number;
  /** Starts handing on; to be called when the program has its end. */
  begin(): void;
  /** Hands on what is left, and puts the caller's terminal back as it was. */
  end(): Promise<void>;
}

/** How long output may be underway when the program has ended and something it left holds the terminal. */
const LAST_OUTPUT_MS = 500;

/** A terminal in between, where output goes to `stdout`; undefined when none of the caller's streams is one. */
export function relayTerminal(stdout: 1 | 2): TerminalRelay | undefined {
  const given = [0, stdout, 2] as const;
  const terminals = given.map((descriptor) => isatty(descriptor));
  const outer = terminals.lastIndexOf(true);
  if (outer < 0) return undefined;
  const takesKeys = terminals[0] === true;
  const outputTo = terminals[1] === true ? stdout : terminals[2] === true ? 2 : 0;
  const pair = openTerminal(takesKeys ? 0 : outer);
  const stream = (index: 0 | 1 | 2) => (terminals[index] === true ? pair.slave : given[index]);
  const stop = new AbortController();
  let restore = () => {};
  let output: Promise<void> | undefined;
  let input: Promise<void> | undefined;
  const resize = () => pair.resizeAs(outer);
  return {
    streams: [stream(0), stream(1), stream(2)],
    slave: pair.slave,
    begin() {
      closeSync(pair.slave);
      if (takesKeys) restore = makeRaw(0);
      process.on("SIGWINCH", resize);
      resize();
      output = copyOutput(pair.master, outputTo, stop.signal);
      if (takesKeys) input = copyInput(pair.master, stop.signal);
    },
    async end() {
      process.off("SIGWINCH", resize);
      if (output === undefined) closeSync(pair.slave);
      else await Promise.race([output, Bun.sleep(LAST_OUTPUT_MS)]);
      stop.abort();
      restore();
      closeSync(pair.master);
      void input;
    },
  };
}

/** Until the program's end of the terminal is closed, which reads as an input/output error. */
async function copyOutput(master: number, to: number, signal: AbortSignal): Promise<void> {
  try {
    for await (const chunk of readPipe(duplicateDescriptor(master), signal)) await writeAll(to, chunk);
  } catch {
    // EIO: nobody has the other end any more; EPIPE: nobody looks.
  }
}

async function copyInput(master: number, signal: AbortSignal): Promise<void> {
  try {
    for await (const chunk of readPipe(duplicateDescriptor(0), signal)) await writeAll(master, chunk);
  } catch {
    // The terminal has gone; the program is told by its hang-up.
  }
}

async function writeAll(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    write(descriptor, bytes, done, bytes.length - done, null, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
    done += await promise;
  }
}
