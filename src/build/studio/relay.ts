// Between the caller's terminal and the one a studio's program has: keys go in, output comes out, the size follows. What is
// not a terminal (a pipe, a file) is handed on as it is.
import { closeSync, read, write } from "node:fs";
import { isatty } from "node:tty";
import { makeRaw, openTerminal } from "../../host/index.ts";

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
const READ_BYTES = 65_536;

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
  let restore = () => {};
  let output: Promise<void> | undefined;
  let over = false;
  const resize = () => {
    try {
      pair.resizeAs(outer);
    } catch {
      // The caller's terminal has gone; SIGHUP says so.
    }
  };
  return {
    streams: [stream(0), stream(1), stream(2)],
    slave: pair.slave,
    begin() {
      closeSync(pair.slave);
      if (takesKeys) restore = makeRaw(0);
      process.on("SIGWINCH", resize);
      resize();
      output = copyTerminal(pair.master, outputTo);
      // Ends with this program: a read that waits for keys cannot be called off. The size goes before the keys: who typed
      // them had it before his eyes, and the signal that tells of it may come after them.
      if (takesKeys)
        void copyTerminal(0, async (keys) => {
          // The descriptor may be another file's by then.
          if (over) return;
          resize();
          await writeAll(pair.master, keys);
        });
    },
    async end() {
      process.off("SIGWINCH", resize);
      if (output === undefined) closeSync(pair.slave);
      else await Promise.race([output, Bun.sleep(LAST_OUTPUT_MS)]);
      over = true;
      restore();
      closeSync(pair.master);
    },
  };
}

/**
 * Copies what a terminal says until it is gone (EIO) or nobody takes it (EPIPE). By plain reads on another thread: the
 * runtime's streams do not know when a terminal has something to say.
 */
export async function copyTerminal(
  from: number,
  to: number | ((bytes: Uint8Array) => void | Promise<void>),
): Promise<void> {
  const buffer = Buffer.alloc(READ_BYTES);
  try {
    for (;;) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      read(from, buffer, 0, buffer.length, null, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
      const count = await promise;
      if (count === 0) return;
      const bytes = buffer.subarray(0, count);
      if (typeof to === "number") await writeAll(to, bytes);
      else await to(bytes.slice());
    }
  } catch {
    // Gone.
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
