// What a build prints, on its way to who started it and into a log, which is kept when the build fails. The names of logs
// are those of a studio's (reference/plan-build.md §14.5).
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { describeError, systemErrorCode } from "../error/index.ts";
import { enlargePipe, openPipe, openScratch } from "../host/index.ts";

/** Set by who keeps the log of a build by itself: no other is made, and this path is named when the build fails. */
export const LOG_VARIABLE = "HAB_BUILD_LOG";

interface Outputs {
  readonly stdout: number;
  readonly stderr: number;
}

export interface BuildLog {
  /** Where it can be read until it is closed; it has no name in any directory, so nothing is left of it however we end. */
  readonly path: string;
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

/**
 * A build prints a line at a time. To be woken for each took more time than a small build has to wait for anything else, so the
 * pipes are looked at: this long after a piece, and from then on, while nothing comes, less and less often, but often enough for
 * somebody who types.
 */
const LOOK_AGAIN_MS = 6;
const LONGEST_PAUSE_MS = 40;
/** After a longer piece there is more: it is read at once. */
const SHORT_BYTES = 8 * 1024;
const READ_BYTES = 64 * 1024;
/** So much can be written between two looks before the writer has to wait. */
const PIPE_BYTES = 1024 * 1024;

/** Two streams that go to one place go through one pipe, so that their lines keep their order. */
export function startLog({ stdout, stderr }: Outputs): BuildLog {
  const log = openScratch(tmpdir());
  const out = pipeTo(stdout);
  const err = isSameFile(stdout, stderr) ? out : pipeTo(stderr);
  const pipes = out === err ? [out] : [out, err];
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let isClosed = false;
  let onClosed = () => {};
  const pass = ({ to }: Pipe, bytes: Uint8Array) => {
    writeFully(log, bytes);
    if (isClosed || writeFully(to, bytes)) return;
    isClosed = true;
    onClosed();
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = LOOK_AGAIN_MS;
  /** Passes on what is there; how much that was. */
  const look = () => {
    let most = 0;
    for (const pipe of pipes) {
      const size = pipe.isOpen ? readAvailable(pipe, buffer) : 0;
      if (size > 0) pass(pipe, buffer.subarray(0, size));
      most = Math.max(most, size);
    }
    return most;
  };
  const lookAgain = () => {
    let size = look();
    let total = size;
    // Whoever writes a lot does not wait for our timers; whoever asks something has their turn in between.
    for (; size > SHORT_BYTES && total < PIPE_BYTES; total += size) size = look();
    pauseMs = total > 0 ? LOOK_AGAIN_MS : Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    timer = pipes.some(({ isOpen }) => isOpen)
      ? setTimeout(lookAgain, total > SHORT_BYTES ? 0 : pauseMs)
      : undefined;
  };
  const tell = (pipe: Pipe) => (text: string) => {
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (pipe.isOwnOpen && written < bytes.length) written += writeSync(pipe.own, bytes, written);
    } catch {
      // Full: what is in it comes first.
      while (look() > 0);
    }
    if (written < bytes.length) pass(pipe, bytes.subarray(written));
  };
  const stop = () => {
    clearTimeout(timer);
    for (const pipe of pipes) closePipe(pipe);
  };
  return {
    path: `/proc/self/fd/${log}`,
    say: tell(out),
    complain: tell(err),
    streams: { stdout: out.write, stderr: err.write },
    started(whenClosed) {
      onClosed = whenClosed;
      for (const { write } of pipes) closeSync(write);
      timer = setTimeout(lookAgain, pauseMs);
    },
    async ended() {
      clearTimeout(timer);
      for (const pipe of pipes) closeOwn(pipe);
      const deadline = performance.now() + LEFT_OPEN_MS;
      // What the build has written is read to its end, however slowly it is taken from us.
      let left = pipes.length * PIPE_BYTES;
      for (let size = look(); pipes.some(({ isOpen }) => isOpen); size = look()) {
        left -= size;
        if (performance.now() > deadline && (size === 0 || left < 0)) break;
        if (size === 0) await Bun.sleep(LOOK_AGAIN_MS);
      }
      stop();
    },
    close() {
      stop();
      closeSync(log);
    },
  };
}

/** What a build writes to `write` arrives at `read`, to be passed on to `to`. */
interface Pipe {
  readonly read: number;
  readonly write: number;
  readonly to: number;
  /** A description of its own: we read this pipe ourselves, so that a write must not wait for room in it. */
  readonly own: number;
  isOwnOpen: boolean;
  isOpen: boolean;
}

function pipeTo(to: number): Pipe {
  const [blocking, write] = openPipe();
  enlargePipe(write, PIPE_BYTES);
  const open = (end: number, flags: number) => openSync(`/proc/self/fd/${end}`, flags | constants.O_NONBLOCK);
  const read = open(blocking, constants.O_RDONLY);
  closeSync(blocking);
  return { read, write, to, own: open(write, constants.O_WRONLY), isOwnOpen: true, isOpen: true };
}

/** How much was there; 0 when there was nothing, or nobody will write any more, which closes the pipe. */
function readAvailable(pipe: Pipe, buffer: Buffer): number {
  try {
    const size = readSync(pipe.read, buffer);
    if (size === 0) closePipe(pipe);
    return size;
  } catch (error) {
    if (systemErrorCode(error) !== "EAGAIN") closePipe(pipe);
    return 0;
  }
}

function closeOwn(pipe: Pipe): void {
  if (pipe.isOwnOpen) closeSync(pipe.own);
  pipe.isOwnOpen = false;
}

function closePipe(pipe: Pipe): void {
  closeOwn(pipe);
  if (pipe.isOpen) closeSync(pipe.read);
  pipe.isOpen = false;
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
  const kept = `${directory}/${nameInLog(readFileSync(path, "latin1"))}.${timeStamp(new Date())}.log`;
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
