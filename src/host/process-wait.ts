// The end of processes that need not be our children: waited for by process descriptor (pidfd), so without polling
// and without mistaking a new process for the old one.
import { constants } from "node:os";
import { systemErrorCode } from "../error/index.ts";
import { errno, errnoName, libc, SYSCALL, systemError } from "./libc.ts";
import { isProcessRunning, processStatus, runningGroupMembers } from "./process-table.ts";

/** How a process came to its end when asked to (reference/supervisor.md §9.2). */
export type TerminationResult = "already-exited" | "graceful" | "killed";

export interface TerminateOptions {
  /** `SIGTERM`, `TERM` or a number. */
  readonly signal: string | number;
  /** Milliseconds after which what still runs gets SIGKILL. */
  readonly timeoutMs: number;
  /** Guards against a pid used again: another process of this pid counts as already exited. */
  readonly startTime?: number;
}

/** Kernels before 5.3 and some sandboxes have no pidfd; there we look this often. */
const FALLBACK_INTERVAL_MS = 50;

/** A process that does not go within this time of SIGKILL hangs in the kernel: nobody can do more. */
const KILL_PATIENCE_MS = 10_000;

/**
 * Resolves when `pid`, of whatever parent, no longer runs (at once when it does not exist). Rejects with the signal's
 * reason when that aborts first.
 */
export async function waitForExit(pid: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const descriptor = Number(libc().syscall(SYSCALL.pidfdOpen, pid, 0, 0, 0, 0, 0));
  if (descriptor >= 0) return waitForDescriptor(descriptor, signal);
  const failure = errnoName(errno());
  if (failure === "ESRCH") return;
  if (failure === "EINVAL") return; // a thread's id, not a process's: its process is not this pid
  if (failure !== "ENOSYS" && failure !== "EPERM") throw systemError("pidfd_open", errno());
  while (isProcessRunning(pid)) {
    await Bun.sleep(FALLBACK_INTERVAL_MS);
    signal?.throwIfAborted();
  }
}

/** A pidfd becomes readable at the end of its process; Bun takes it for a socket and closes it then. */
async function waitForDescriptor(descriptor: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal?.reason);
  // Bun takes any pollable descriptor; its types know of ports and paths only.
  const target = { fd: descriptor, socket: { data() {}, close: () => resolve() } };
  const open = await Bun.connect(target as unknown as Bun.UnixSocketOptions<undefined>);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    if (signal?.aborted) abort();
    await promise;
  } finally {
    signal?.removeEventListener("abort", abort);
    open.terminate();
  }
}

/** The number of a signal given as `SIGTERM`, `TERM`, `15` or 15; undefined when there is no such signal. */
export function signalNumber(signal: string | number): number | undefined {
  const value = typeof signal === "number" || /^\d+$/.test(signal) ? Number(signal) : undefined;
  if (value !== undefined) return Number.isInteger(value) && value >= 1 && value <= 64 ? value : undefined;
  const name = `${signal}`.toUpperCase();
  const known = constants.signals as Readonly<Record<string, number>>;
  return known[name.startsWith("SIG") ? name : `SIG${name}`];
}

/**
 * Stops a process and, where it leads its process group, everything in that group: sends `signal`, waits until all are
 * gone, after `timeoutMs` sends SIGKILL. An unknown signal name counts as TERM.
 */
export async function terminateGroup(pid: number, options: TerminateOptions): Promise<TerminationResult> {
  const status = processStatus(pid);
  const reused =
    status !== undefined && options.startTime !== undefined && status.startTime !== options.startTime;
  if (reused || pid <= 1) return "already-exited";
  const leads = status === undefined || status.group === pid;
  const remaining = () => {
    const members = leads ? runningGroupMembers(pid) : [];
    return members.length > 0 || !isProcessRunning(pid, options.startTime) ? members : [pid];
  };
  if (remaining().length === 0) return "already-exited";

  const target = leads ? -pid : pid;
  if (!send(target, signalNumber(options.signal) ?? constants.signals.SIGTERM)) return "already-exited";
  send(target, constants.signals.SIGCONT); // a stopped process would otherwise not see the signal
  if (await allGone(remaining, options.timeoutMs)) return "graceful";

  const deadline = performance.now() + KILL_PATIENCE_MS;
  while (remaining().length > 0 && performance.now() < deadline) {
    send(target, constants.signals.SIGKILL);
    await allGone(remaining, 1000);
  }
  return "killed";
}

/** Whether `remaining` became empty within `timeoutMs`. */
async function allGone(remaining: () => number[], timeoutMs: number): Promise<boolean> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), timeoutMs);
  try {
    for (let pids = remaining(); pids.length > 0; pids = remaining())
      await Promise.all(pids.map((pid) => waitForExit(pid, patience.signal)));
    return true;
  } catch (error) {
    if (patience.signal.aborted) return remaining().length === 0;
    throw error;
  } finally {
    clearTimeout(timer);
    patience.abort();
  }
}

/** Sends a signal; false when nobody is there to get it. Other failures (permission) throw. */
function send(target: number, signal: number): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ESRCH") return false;
    throw error;
  }
}
