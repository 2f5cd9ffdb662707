// The identity helper: this program, started as the user it is now, takes on another user with all its groups and
// becomes the wanted program, keeping its pid. Bun's own `uid` and `gid` drop the supplementary groups.
//
// What to become arrives in a nameless file on descriptor 3, so that neither arguments nor environment of the service
// steer this program or show in its command line. Descriptor 4 tells the parent how it went.
import { closeSync, fstatSync, readSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { cString, cStringArray, errno, errnoName, libc, openMemoryFile } from "./libc.ts";

/** First argument by which src/main.ts knows that it is to call `execAs`. */
export const EXEC_AS_ARGUMENT = "__exec-as";

export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** All groups, the primary one included or not. */
  readonly groups: readonly number[];
}

/** What the helper is to become. `program` is a path. */
export interface ExecRequest {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly identity: Identity;
}

const REQUEST_DESCRIPTOR = 3;
const REPORT_DESCRIPTOR = 4;

/** Written just before the program is replaced; the end of the report right after it means success. */
export const ABOUT_TO_EXEC = "exec\n";

/** Puts a request where the helper will find it; the caller passes the descriptor on as 3 and closes it. */
export function writeExecRequest(request: ExecRequest): number {
  const descriptor = openMemoryFile("hab-exec");
  const bytes = Buffer.from(JSON.stringify(request));
  for (let written = 0; written < bytes.length; )
    written += writeSync(descriptor, bytes, written, bytes.length - written, written);
  return descriptor;
}

/** Body of the helper process. Returns (an exit code) only when it failed, after having reported why. */
export function execAs(): number {
  try {
    const request = readExecRequest();
    closeOnExec(REQUEST_DESCRIPTOR);
    closeOnExec(REPORT_DESCRIPTOR);
    // Compat: the directory is that of whoever starts it, also where the user may not go (services.md §3).
    const entered = enter(request.cwd);
    becomeUser(request.identity);
    if (!entered && request.cwd !== undefined) process.chdir(request.cwd);
    restoreSignals();
    writeSync(REPORT_DESCRIPTOR, ABOUT_TO_EXEC);
    execute(request);
  } catch (error) {
    try {
      writeSync(REPORT_DESCRIPTOR, error instanceof Error ? error.message : String(error));
    } catch {
      console.error(`${EXEC_AS_ARGUMENT} is internal to hab; it is not for use by hand`);
    }
  }
  return 127;
}

function enter(directory: string | undefined): boolean {
  if (directory === undefined) return true;
  try {
    process.chdir(directory);
    return true;
  } catch {
    // One that only the user may enter.
    return false;
  }
}

function readExecRequest(): ExecRequest {
  const bytes = Buffer.alloc(fstatSync(REQUEST_DESCRIPTOR).size);
  for (let filled = 0; filled < bytes.length; ) {
    const count = readSync(REQUEST_DESCRIPTOR, bytes, filled, bytes.length - filled, filled);
    if (count === 0) throw new Error("the request is cut short");
    filled += count;
  }
  return JSON.parse(bytes.toString("utf8")) as ExecRequest;
}

const F_SETFD = 2;
const FD_CLOEXEC = 1;

function closeOnExec(descriptor: number): void {
  libc().fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

function becomeUser({ uid, gid, groups }: Identity): void {
  const list = new Uint32Array([...new Set([gid, ...groups])]);
  if (libc().setgroups(list.length, list) !== 0) throw new Error(`setgroups: ${errnoName(errno())}`);
  if (libc().setgid(gid) !== 0) throw new Error(`setgid ${gid}: ${errnoName(errno())}`);
  if (libc().setuid(uid) !== 0) throw new Error(`setuid ${uid}: ${errnoName(errno())}`);
}

const SIG_SETMASK = 2;
const LAST_SIGNAL = 64;

/** Ignored signals stay ignored across exec, and the runtime ignores SIGPIPE: programs expect the defaults. */
function restoreSignals(): void {
  for (let signal = 1; signal <= LAST_SIGNAL; signal++)
    if (signal !== constants.signals.SIGKILL && signal !== constants.signals.SIGSTOP)
      libc().signal(signal, null);
  libc().sigprocmask(SIG_SETMASK, new Uint8Array(128), null);
}

/**
 * Becomes another program with the same pid, as `exec` of a shell does: default signals, only the standard descriptors.
 * Comes back only by throwing the reason (`EACCES`) as an error.
 */
export function replaceProcess(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): never {
  restoreSignals();
  execute({ program, args, env });
}

/** Replaces this program. A file without an interpreter line is run by /bin/sh, as execvp(3) does. */
function execute({ program, args, env }: Pick<ExecRequest, "program" | "args" | "env">): never {
  const environment = cStringArray(Object.entries(env).map(([name, value]) => `${name}=${value}`));
  const failure = tryExecute(program, [program, ...args], environment.pointers);
  if (failure !== "ENOEXEC") throw new Error(failure);
  throw new Error(tryExecute("/bin/sh", ["/bin/sh", program, ...args], environment.pointers));
}

/** Comes back only on failure, with the reason. */
function tryExecute(program: string, argv: readonly string[], environment: BigUint64Array): string {
  const words = cStringArray(argv);
  libc().execve(cString(program), words.pointers, environment);
  return errnoName(errno());
}

/** Closes a descriptor; one that is closed already is fine. */
export function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // It was closed before.
  }
}
