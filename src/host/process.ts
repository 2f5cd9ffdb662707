// Starting programs: in a session and process group of their own, standard input empty, output through real pipes,
// default signal dispositions, an explicit environment, the right user with all its groups
// (reference/services.md §3, supervisor.md §10).
import { closeSync, readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { HabError, systemErrorCode } from "../error/index.ts";
import { hostErrors } from "./errors.ts";
import { openPipe } from "./libc.ts";
import {
  ABOUT_TO_EXEC,
  closeQuietly,
  EXEC_AS_ARGUMENT,
  type Identity,
  writeExecRequest,
} from "./process-identity.ts";
import { readLineBatches, readLines, readPipe } from "./process-lines.ts";
import { forgetChild, rememberChild } from "./process-orphans.ts";
import { ownCommand } from "./process-self.ts";
import { processStartTime } from "./process-table.ts";

/** Where an output stream goes: to us, to where ours goes, to nowhere, or to an open descriptor (which stays ours). */
export type OutputTarget = "pipe" | "inherit" | "null" | number;

export interface StartOptions {
  /** Program and arguments. A program without a slash is looked up in the `PATH` of `env`. */
  readonly command: readonly string[];
  /** The whole environment of the process: nothing is added (see `inheritedEnvironment`). */
  readonly env: Readonly<Record<string, string>>;
  /** Working directory; ours when absent. */
  readonly cwd?: string;
  /** Whom to run as; ourselves when absent. */
  readonly user?: Identity;
  readonly stdout: OutputTarget;
  readonly stderr: OutputTarget;
  /** What the process is to a person, for messages (`redis.default`, `init hook of …`). */
  readonly name: string;
}

export interface ProcessExit {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  /** `SIGKILL`, … (`SIG37` for those without a name); null when it exited by itself. */
  readonly signal: string | null;
}

export interface StartedProcess {
  readonly pid: number;
  /** With the pid it names this process for good (clock ticks since boot); 0 when it was gone at once. */
  readonly startTime: number;
  /** Resolves at the end of the process, whatever becomes of its output. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /**
   * Output of a stream asked for as "pipe"; empty otherwise. Read it in one of these ways, once; while nobody reads,
   * the process is held back. Ends when all writers have closed, which a background child may do late: leave the loop
   * to stop earlier.
   */
  readonly stdoutLines: AsyncIterable<string>;
  readonly stderrLines: AsyncIterable<string>;
  readonly stdout: ProcessOutput;
  readonly stderr: ProcessOutput;
}

export interface ProcessOutput {
  lines(): AsyncGenerator<string, void, undefined>;
  /** Lines in the portions in which they arrived; ends early when the signal aborts. */
  lineBatches(signal?: AbortSignal): AsyncGenerator<string[], void, undefined>;
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
  /** Closes the pipe unread. */
  discard(): void;
}

/** Starts a program. Throws HAB-HST-001 … 003 when it could not be started; then nothing is left behind. */
export async function startProcess(options: StartOptions): Promise<StartedProcess> {
  if (options.cwd !== undefined && !isDirectory(options.cwd))
    throw new HabError(
      hostErrors.programMissing,
      `cannot start ${options.name}: no directory ${options.cwd} to start it in`,
    );
  const command = resolveProgram(options);
  const pipes = new Pipes();
  try {
    const outputs: [number | "ignore" | "inherit", number | "ignore" | "inherit"] = [
      pipes.open(options.stdout, "stdout"),
      pipes.open(options.stderr, "stderr"),
    ];
    const child = needsHelper(options.user)
      ? await startWithHelper(options, options.user, command, outputs)
      : startDirectly(options, command, outputs);
    const stdout = outputOf(pipes.take("stdout"));
    const stderr = outputOf(pipes.take("stderr"));
    return {
      pid: child.pid,
      startTime: processStartTime(child.pid) ?? 0,
      exited: child.exited,
      stdout,
      stderr,
      stdoutLines: { [Symbol.asyncIterator]: () => stdout.lines() },
      stderrLines: { [Symbol.asyncIterator]: () => stderr.lines() },
    };
  } finally {
    pipes.close();
  }
}

interface Child {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
}

type ChildOutput = number | "ignore" | "inherit";

/** Read ends belong to us once taken; write ends are closed here as soon as the child has them. */
class Pipes {
  readonly #readEnds = new Map<string, number>();
  readonly #writeEnds: number[] = [];

  open(target: OutputTarget, name: string): ChildOutput {
    if (target === "inherit") return "inherit";
    if (target === "null") return "ignore";
    if (target !== "pipe") return target;
    const [readEnd, writeEnd] = openPipe();
    this.#readEnds.set(name, readEnd);
    this.#writeEnds.push(writeEnd);
    return writeEnd;
  }

  take(name: string): number | undefined {
    const end = this.#readEnds.get(name);
    this.#readEnds.delete(name);
    return end;
  }

  close(): void {
    for (const end of [...this.#writeEnds, ...this.#readEnds.values()]) closeSync(end);
  }
}

function outputOf(descriptor: number | undefined): ProcessOutput {
  let rest = descriptor;
  const take = <T>(read: (descriptor: number) => AsyncGenerator<T, void, undefined>) => {
    const taken = rest;
    rest = undefined;
    return taken === undefined ? nothing<T>() : read(taken);
  };
  return {
    lines: () => take(readLines),
    lineBatches: (signal) => take((taken) => readLineBatches(taken, signal)),
    chunks: () => take((taken) => readPipe(taken)),
    discard() {
      if (rest !== undefined) closeSync(rest);
      rest = undefined;
    },
  };
}

async function* nothing<T>(): AsyncGenerator<T, void, undefined> {}

/**
 * Bun can set user and group but then leaves no supplementary groups: enough when the primary group is the only one.
 * No helper either when we are that user already.
 */
function needsHelper(user: Identity | undefined): user is Identity {
  if (user === undefined || isOurself(user)) return false;
  return user.groups.some((group) => group !== user.gid) || user.uid === process.geteuid?.();
}

function isOurself({ uid, gid, groups }: Identity): boolean {
  if (uid !== process.geteuid?.() || gid !== process.getegid?.()) return false;
  const wanted = new Set([gid, ...groups]);
  const present = new Set([gid, ...(process.getgroups?.() ?? [])]);
  return wanted.size === present.size && [...wanted].every((group) => present.has(group));
}

function startDirectly(
  options: StartOptions,
  command: readonly string[],
  outputs: readonly [ChildOutput, ChildOutput],
): Child {
  const identity =
    options.user === undefined || isOurself(options.user)
      ? {}
      : { uid: options.user.uid, gid: options.user.gid };
  const start = (words: readonly string[]) =>
    spawn(words, outputs, { env: { ...options.env }, cwd: options.cwd, ...identity });
  try {
    return start(command);
  } catch (error) {
    // Compat: a file without an interpreter line is run by the shell (services.md §7).
    if (systemErrorCode(error) !== "ENOEXEC") throw startFailure(options, systemErrorCode(error), error);
  }
  try {
    return start(["/bin/sh", ...command]);
  } catch (error) {
    throw startFailure(options, systemErrorCode(error), error);
  }
}

async function startWithHelper(
  options: StartOptions,
  user: Identity,
  command: readonly string[],
  outputs: readonly [ChildOutput, ChildOutput],
): Promise<Child> {
  const [program = "", ...args] = command;
  const request = writeExecRequest({
    program,
    args,
    env: options.env,
    cwd: options.cwd ?? process.cwd(),
    identity: user,
  });
  const [reportEnd, reportWriteEnd] = openPipe();
  let child: Child;
  try {
    // The helper starts in `/` with an empty environment: nothing of the service's may steer it.
    const words = ownCommand([EXEC_AS_ARGUMENT]);
    child = spawn(words, [...outputs, request, reportWriteEnd], { env: {}, cwd: "/" });
  } catch (error) {
    closeSync(reportEnd);
    throw startFailure(options, systemErrorCode(error), error);
  } finally {
    closeQuietly(request);
    closeSync(reportWriteEnd);
  }
  let report = "";
  const decoder = new TextDecoder();
  for await (const chunk of readPipe(reportEnd)) report += decoder.decode(chunk, { stream: true });
  if (report === ABOUT_TO_EXEC) return child;
  const reason = report.replace(ABOUT_TO_EXEC, "");
  await child.exited;
  if (/^set(groups|gid|uid)/.test(reason))
    throw new HabError(
      hostErrors.identityRefused,
      `cannot start ${options.name} as user ${user.uid}, group ${user.gid}: ${reason}`,
    );
  throw startFailure(options, reason === "" ? undefined : reason, undefined);
}

interface SpawnOptions {
  readonly env: Record<string, string>;
  readonly cwd: string | undefined;
  readonly uid?: number;
  readonly gid?: number;
}

/** Bun.spawn, with the exit told in our words and the child known to the reaper. */
function spawn(words: readonly string[], outputs: readonly ChildOutput[], options: SpawnOptions): Child {
  const { promise, resolve } = Promise.withResolvers<ProcessExit>();
  const [stdout = "ignore", stderr = "ignore", ...extra] = outputs;
  const child = Bun.spawn([...words], {
    detached: true,
    stdio: ["ignore", stdout, stderr, ...extra],
    env: options.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
    onExit(process, code, signal) {
      forgetChild(process.pid);
      resolve({ code: signal === null ? code : null, signal: signalName(signal) });
    },
  });
  rememberChild(child.pid);
  return { pid: child.pid, exited: promise };
}

function signalName(signal: number | string | null): string | null {
  if (signal === null || typeof signal === "string") return signal;
  for (const [name, value] of Object.entries(constants.signals)) if (value === signal) return name;
  return `SIG${signal}`;
}

function resolveProgram({ command, env, name }: StartOptions): readonly string[] {
  const [program, ...args] = command;
  if (program === undefined || program === "")
    throw new HabError(hostErrors.programMissing, `cannot start ${name}: no program given`);
  if (program.includes("/")) return command;
  const path = env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
  const found = Bun.which(program, { PATH: path });
  if (found === null)
    throw new HabError(
      hostErrors.programMissing,
      `cannot start ${name}: no program ${program} in the PATH ${path}`,
    );
  return [found, ...args];
}

function startFailure(options: StartOptions, reason: string | undefined, cause: unknown): HabError {
  const program = options.command[0] ?? "";
  const what = `cannot start ${options.name}: ${program}`;
  const more = cause === undefined ? {} : { cause };
  if (reason === "ENOENT") {
    const interpreter = interpreterOf(program);
    return new HabError(
      hostErrors.programMissing,
      interpreter === undefined
        ? `${what} does not exist`
        : `${what} needs ${interpreter}, which does not exist`,
    );
  }
  if (reason === "EACCES")
    return new HabError(hostErrors.programNotStarted, `${what} is not executable for this user (EACCES)`);
  if (reason === "EPERM" && options.user !== undefined)
    return new HabError(
      hostErrors.identityRefused,
      `${what}: not allowed to become user ${options.user.uid}, group ${options.user.gid}`,
      more,
    );
  return new HabError(
    hostErrors.programNotStarted,
    `${what}: ${reason ?? "the starting process died"}`,
    more,
  );
}

/** The interpreter a script names in its first line, when the script itself is there. */
function interpreterOf(program: string): string | undefined {
  try {
    const first = readFileSync(program, "latin1").slice(0, 256).split("\n", 1)[0] ?? "";
    return /^#!\s*(\S+)/.exec(first)?.[1] ?? "its program interpreter";
  } catch {
    return undefined;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
