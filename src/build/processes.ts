// The processes of a build: they hear the signals that are meant for it, and none outlives it. A plan may leave daemons
// behind (agents, caches, servers for its tests); they would go on writing where nobody builds any more.
import { readFileSync } from "node:fs";
import {
  becomeSubreaper,
  descendantsOf,
  hasChildren,
  isProcessRunning,
  type ProcessStatus,
  reapOrphan,
  waitForExit,
} from "../host/index.ts";

/** For what a plan has left to write down what it must, between SIGTERM and SIGKILL. */
const GRACE_MS = 2_000;

/** A process that was killed is gone within the first of these looks, or something is wrong. */
const MOST_LOOKS = 10;
const LOOK_PAUSE_MS = 0.2;

/** Signals that end a build. From a terminal SIGINT reaches all of it at once; sent to this process alone it would not. */
const ENDING = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Processes that this program had started before. */
export type Before = ReadonlySet<number>;

/** Makes orphans of the build our children, so that they can be found; call before the plan runs. */
export function adoptOrphans(bash: number): Before {
  becomeSubreaper();
  const ofBuild = new Set([bash, ...descendantsOf(bash).map(({ pid }) => pid)]);
  const all = descendantsOf(process.pid).map(({ pid }) => pid);
  return new Set(all.filter((pid) => !ofBuild.has(pid)));
}

/**
 * Hands signals on to `bash` and everything it has started: bash acts on one only when what it waits for has ended. A second
 * signal ends all of it at once. Returns what stops that.
 */
export function forwardSignals(bash: number): () => void {
  let told = false;
  const forward = (signal: NodeJS.Signals) => {
    const members = [bash, ...descendantsOf(bash).map(({ pid }) => pid)];
    for (const pid of members) kill(pid, told ? "SIGKILL" : signal);
    told = true;
  };
  for (const signal of ENDING) process.on(signal, forward);
  return () => {
    for (const signal of ENDING) process.off(signal, forward);
  };
}

/** Ends what the build has left running, and returns the names of it; of `guard`, which is ours, nothing is said. */
export async function endLeftProcesses(before: Before, guard: number): Promise<string[]> {
  kill(guard, "SIGKILL");
  if (before.size === 0 && guard > 1 && endsAtOnce(guard) && !hasChildren()) return [];
  const left = () => descendantsOf(process.pid).filter(({ pid }) => !before.has(pid));
  const names: string[] = [];
  const found = left();
  for (const each of found) {
    if (each.pid === guard || !isRunning(each)) continue;
    names.push(nameOf(each.pid));
    kill(each.pid, "SIGTERM");
  }
  if (names.length > 0) await withinGrace(found);
  for (const each of names.length > 0 ? left() : []) if (isRunning(each)) kill(each.pid, "SIGKILL");
  for (const { pid } of names.length > 0 ? left() : found) {
    await waitForExit(pid, AbortSignal.timeout(GRACE_MS)).catch(() => undefined);
    reapOrphan(pid);
  }
  return names;
}

/** Whether a process that got SIGKILL is gone; it is looked at a few times, which takes less than to be told. */
function endsAtOnce(pid: number): boolean {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (let look = 0; look < MOST_LOOKS; look++) {
    if (reapOrphan(pid)) return true;
    Atomics.wait(nobody, 0, 0, LOOK_PAUSE_MS);
  }
  return false;
}

async function withinGrace(processes: readonly ProcessStatus[]): Promise<void> {
  const signal = AbortSignal.timeout(GRACE_MS);
  for (const { pid, startTime } of processes)
    if (isProcessRunning(pid, startTime)) await waitForExit(pid, signal).catch(() => undefined);
}

const isRunning = ({ pid, startTime }: ProcessStatus) => isProcessRunning(pid, startTime);

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "?";
  }
}

/** Ends a process that we started and that is in nobody's way. */
function kill(pid: number, signal: NodeJS.Signals): void {
  // 0 would be our whole process group.
  if (!(pid > 1)) return;
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
