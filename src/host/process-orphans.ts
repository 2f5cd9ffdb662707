// Orphans: as pid 1 of a container (or as a subreaper) this process becomes the parent of processes it never started,
// and must collect them when they end. Its own children are collected by the runtime, from which nothing may be taken
// away: so never waitpid(-1) (reference/supervisor.md §10).
import { libc } from "./libc.ts";

/** Children started by this process and not collected yet. */
const ownChildren = new Set<number>();

export function rememberChild(pid: number): void {
  ownChildren.add(pid);
}

export function forgetChild(pid: number): void {
  ownChildren.delete(pid);
}

const P_ALL = 0;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x0100_0000;
const SIGINFO_BYTES = 128;
const SIGINFO_PID_OFFSET = 16;

/** How many are collected at once, so that a storm of them cannot hold up everything else. */
const MOST_AT_ONCE = 1000;

/**
 * Collects orphans that have ended, by their pid, and returns those pids. Call it on SIGCHLD and after the end of each
 * own child (an own child that is not collected yet hides those behind it).
 */
export function reapOrphans(): number[] {
  const reaped: number[] = [];
  const information = Buffer.alloc(SIGINFO_BYTES);
  while (reaped.length < MOST_AT_ONCE) {
    information.fill(0);
    if (libc().waitid(P_ALL, 0, information, WEXITED | WNOHANG | WNOWAIT) !== 0) break;
    const pid = information.readInt32LE(SIGINFO_PID_OFFSET);
    if (pid === 0 || ownChildren.has(pid)) break;
    if (libc().waitpid(pid, null, WNOHANG) <= 0) break;
    reaped.push(pid);
  }
  return reaped;
}

/** Collects one orphan that has ended. False when it still runs, or is not ours. */
export function reapOrphan(pid: number): boolean {
  return libc().waitpid(pid, null, WNOHANG) === pid;
}

/** Whether this process has children, running or ended and not collected yet. */
export function hasChildren(): boolean {
  return libc().waitid(P_ALL, 0, Buffer.alloc(SIGINFO_BYTES), WEXITED | WNOHANG | WNOWAIT) === 0;
}

const PR_SET_CHILD_SUBREAPER = 36;

/** Makes orphaned descendants our children, as if we were pid 1. False when the kernel refuses. */
export function becomeSubreaper(): boolean {
  return libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) === 0;
}

/** From now on orphans go where they went before; those that are our children stay. */
export function stopBeingSubreaper(): void {
  libc().prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}
