// What a build prints, on its way to who started it and into a log, which is kept when the build fails. The names of logs
// are those of a studio's (reference/plan-build.md §14.5).
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeError, systemErrorCode } from "../error/index.ts";
import { openPipe, readPipe } from "../host/index.ts";

/** Set by who keeps the log of a build by itself: no other is made, and this path is named when the build fails. */
export const LOG_VARIABLE = "HAB_BUILD_LOG";

interface Outputs {
  readonly stdout: number;
  readonly stderr: number;
}

export interface BuildLog {
  /** Where it can be read until it is closed; it has no name in any directory, so nothing is left of it however we end. */
  readonly path: string;
  /** Where it is kept when the build fails. */
  readonly directory: string;
  /** What the build writes to; ours no more once it has been started. */
  readonly streams: Outputs;
  /** To be called when the build runs. `onClosed`: nobody reads our output any more. */
  started(onClosed: () => void): void;
  /** Write to standard output and standard error of the build, in order with what the build itself writes. */
  readonly say: (text: string) => void;
  readonly complain: (text: string) => void;
  /** Resolves when all that the build wrote has been passed on. */
  ended(): Promise<void>;
  readonly close: () => void;
}

/** What a background process of the plan holds open is read no longer than this after the build. */
const LEFT_OPEN_MS = 500;
const FULL_PIPE_RETRY_MS = 1;

/** Lines come in bursts: what arrives within this time of a short piece is passed on with it, not line by line. */
const BURST_MS = 4;
/** A piece longer than this is no burst of lines, and a writer must not wait for room in the pipe (64 KiB). */
const SHORT_BYTES = 8 * 1024;

/** Two streams that go to one place go through one pipe, so that their lines keep their order. */
export function startLog(directory: string, { stdout, stderr }: Outputs): BuildLog {
  const log = openUnnamed();
  const isOne = isSameFile(stdout, stderr);
  const [outRead, outWrite] = openPipe();
  const [errRead, errWrite] = isOne ? [undefined, outWrite] : openPipe();
  // Descriptions of their own: we read these pipes ourselves, so that a write must not wait for room in them.
  const own = [outWrite, errWrite].map((write) =>
    openSync(`/proc/self/fd/${write}`, constants.O_WRONLY | constants.O_NONBLOCK),
  );
  const stop = new AbortController();
  const { promise: ending, resolve: hurry } = Promise.withResolvers<void>();
  const copies: Promise<void>[] = [];
  let isClosed = false;
  const copy = async (from: number, to: number, onClosed: () => void) => {
    for await (const bytes of readPipe(from, stop.signal)) {
      writeFully(log, bytes);
      if (!isClosed && !writeFully(to, bytes)) {
        isClosed = true;
        onClosed();
      }
      if (bytes.length < SHORT_BYTES && !stop.signal.aborted)
        await Promise.race([Bun.sleep(BURST_MS), ending]);
    }
  };
  let isOwnOpen = true;
  const closeOwn = () => {
    if (isOwnOpen) for (const each of own) closeSync(each);
    isOwnOpen = false;
  };
  const tell = (pipe: number | undefined, to: number) => (text: string) => {
    try {
      writeSync(pipe ?? -1, text);
    } catch {
      const bytes = Buffer.from(text);
      writeFully(log, bytes);
      writeFully(to, bytes);
    }
  };
  return {
    path: `/proc/self/fd/${log}`,
    directory,
    say: tell(own[0], stdout),
    complain: tell(own[1], stderr),
    streams: { stdout: outWrite, stderr: errWrite },
    started(onClosed) {
      closeSync(outWrite);
      if (!isOne) closeSync(errWrite);
      copies.push(copy(outRead, stdout, onClosed));
      if (errRead !== undefined) copies.push(copy(errRead, stderr, onClosed));
    },
    async ended() {
      closeOwn();
      hurry();
      const patience = setTimeout(() => stop.abort(), LEFT_OPEN_MS);
      await Promise.allSettled(copies);
      clearTimeout(patience);
    },
    close() {
      closeOwn();
      stop.abort();
      closeSync(log);
    },
  };
}

function openUnnamed(): number {
  const place = mkdtempSync(join(tmpdir(), "hab-build-log-"));
  try {
    return openSync(join(place, "log"), "w+", 0o600);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function isSameFile(left: number, right: number): boolean {
  const [first, second] = [fstatSync(left), fstatSync(right)];
  return first.dev === second.dev && first.ino === second.ino;
}

/** False when nobody reads any more. */
function writeFully(descriptor: number, bytes: Uint8Array): boolean {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== "EAGAIN") return code !== "EPIPE" && code !== "EIO";
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_RETRY_MS);
    }
  }
  return true;
}

/** Keeps the log of a failed build and says where, on `stderr`. A log that cannot be kept changes nothing. */
export function keepLog(path: string, directory: string, stderr: number): void {
  const kept = join(directory, `${nameInLog(readFileSync(path, "latin1"))}.${timeStamp(new Date())}.log`);
  try {
    mkdirSync(directory, { recursive: true });
    copyFileSync(path, kept);
    sayWhere(kept, stderr);
  } catch (error) {
    writeFully(stderr, Buffer.from(`   The log of this build could not be kept: ${describeError(error)}\n`));
  }
}

/** Says where the log of a failed build is. */
export function sayWhere(path: string, stderr: number): void {
  writeFully(stderr, Buffer.from(`   The log of this build is ${path}\n`));
}

/** The package's name, which stands in front of the last line of a build. Compat: `unknown` where it has none. */
function nameInLog(text: string): string {
  const found = /\n {3}(?:\x1b\[[0-9;]*m)?([A-Za-z0-9_-]+): (?:\x1b\[[0-9;]*m)?Exiting on error/.exec(text);
  return found?.[1] ?? "unknown";
}

/** `2026-11-27-143005`, UTC. */
function timeStamp(time: Date): string {
  return time.toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
}
