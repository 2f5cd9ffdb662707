// Starts the bash program of a build (docs/decisions/0014-build-program.md). It first reads its own text, which takes it longer than
// anything else it does for a small plan, and then waits to be told what to build: so it is started as soon as a build is
// likely, by src/main.ts, before anything else of the command is loaded, and ended unused where there is none
// (docs/decisions/0043-build-speed.md). So this imports no more than that takes.
import { closeSync, readSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { inheritedEnvironment, openScratch } from "../host/index.ts";
import type { ChannelEnds } from "./channel.ts";
import { type BuildLog, LOG_VARIABLE, startLog } from "./log.ts";
import { PROGRAM_NAME, PROGRAM_TEXT } from "./program.ts";

/** Where the build's streams go: file descriptors of this process. */
export interface BuildStreams {
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

/** What cannot be told to the program when it runs already. */
export interface ProgramStart {
  readonly cwd: string;
  readonly streams: BuildStreams;
  /** Whether what it prints goes into a log, too. */
  readonly hasLog: boolean;
  /** With PATH, by which bash is found. What the build adds is told later. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The file descriptor that the program finds its text at. */
const TEXT = 5;

/** The program, running. */
export interface StartedProgram {
  /** What it was started with. */
  readonly environment: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly channel: ChannelEnds;
  readonly exited: Promise<number>;
  readonly log: BuildLog | undefined;
  /** The process that ends the build should we be killed; 0 before it has told who it is. To be asked once. */
  guard(): number;
}

/** Starts the program. Throws system errors; ENOENT is that of bash, which was not found on PATH. */
function startProgram({ cwd, streams, hasLog, environment }: ProgramStart): StartedProgram {
  // Without a name, so that nothing is left of it whenever we, or bash, are killed.
  const text = openScratch(tmpdir());
  let replies: number | undefined;
  let log: BuildLog | undefined;
  try {
    writeFileSync(text, PROGRAM_TEXT);
    replies = openScratch(tmpdir());
    log = hasLog ? startLog(streams) : undefined;
    const { stdin, stdout, stderr } = { ...streams, ...log?.streams };
    const bash = Bun.spawn(["bash", "--noprofile", "--norc", `/proc/self/fd/${TEXT}`, PROGRAM_NAME], {
      cwd,
      env: environment,
      // Requests, what tells the guard of the program that we are there, the program, long replies: guard.bash puts them elsewhere.
      stdio: [stdin, stdout, stderr, "pipe", "pipe", text, replies],
    });
    log?.started(() => signalIfThere(bash.pid, "SIGPIPE"));
    const [, , , socket = -1, life = -1] = bash.stdio as unknown as number[];
    const channel = { socket, replies };
    const { pid, exited } = bash;
    return { environment, pid, channel, exited, log, guard: () => readGuard(life) };
  } catch (error) {
    log?.close();
    if (replies !== undefined) closeSync(replies);
    throw error;
  } finally {
    closeSync(text);
  }
}

let early: { readonly program: StartedProgram; readonly start: ProgramStart } | undefined;

/**
 * Starts the program as `hab pkg build` will want it, when its words say that there will be a build but have not been looked at
 * closely. What goes wrong will go wrong, and be said, again.
 */
export function startForCommand(env: Readonly<Record<string, string | undefined>>): void {
  const given = inheritedEnvironment(env);
  const start = {
    cwd: process.cwd(),
    streams: { stdin: 0, stdout: 1, stderr: 2 },
    hasLog: !given["STUDIO_TYPE"] && !given[LOG_VARIABLE],
    environment: { ...given, ...sameEverywhere(given) },
  };
  try {
    early = { program: startProgram(start), start };
  } catch {
    // As said.
  }
}

/** The program: the one that was started early, where it was started like this, else a new one. Throws as `startProgram`. */
export function programFor(start: ProgramStart): StartedProgram {
  const waiting = early;
  early = undefined;
  if (waiting === undefined) return startProgram(start);
  if (isSame(waiting.start, start)) return waiting.program;
  abandon(waiting.program);
  return startProgram(start);
}

/** Told nothing, it ends by itself, and its guard with it. */
function abandon({ channel, log, guard }: StartedProgram): void {
  closeSync(channel.socket);
  closeSync(channel.replies);
  guard();
  log?.close();
}

function isSame(one: ProgramStart, other: ProgramStart): boolean {
  const isSameStreams =
    one.streams.stdin === other.streams.stdin &&
    one.streams.stdout === other.streams.stdout &&
    one.streams.stderr === other.streams.stderr;
  // What is to be added can still be told; nothing is taken away.
  const isPartOfOther = Object.keys(one.environment).every((name) => name in other.environment);
  return isSameStreams && isPartOfOther && one.cwd === other.cwd && one.hasLog === other.hasLog;
}

/**
 * What the same plan needs to give the same bytes, besides SOURCE_DATE_EPOCH: locale, time zone and hash order that are the same
 * on every machine. The studio of the original has the first two of them like this, too.
 */
export function sameEverywhere(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    LC_ALL: "POSIX",
    TZ: "UTC",
    PYTHONHASHSEED: given["PYTHONHASHSEED"] ?? "0",
    PERL_HASH_SEED: given["PERL_HASH_SEED"] ?? "0",
  };
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}

/** The pid that the guard has told, the first thing it does. Closes our end: the guard is about to go. */
function readGuard(life: number): number {
  const line = Buffer.alloc(16);
  try {
    return Number(line.toString("latin1", 0, readSync(life, line)).split("\n")[0]);
  } catch {
    // Nothing there: it had no time to begin.
    return 0;
  } finally {
    closeSync(life);
  }
}
