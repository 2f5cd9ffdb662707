// Waiting for a process that is meant to end, and ending it with all it has started when its time is over or nobody waits
// for it any more.
import type { ProcessExit, StartedProcess } from "./process.ts";
import { terminateGroup } from "./process-wait.ts";

export type ProcessEnd =
  | { readonly kind: "exit"; readonly exit: ProcessExit }
  /** Ended by us: its time was over. */
  | { readonly kind: "timeout" }
  /** Ended by us: the signal aborted. */
  | { readonly kind: "aborted" };

export interface EndOptions {
  /** Milliseconds it may take; absent for as long as it likes. */
  readonly limitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Between SIGTERM and SIGKILL for one that is ended; asked for when that begins. */
  readonly graceMs: () => number;
}

/**
 * Resolves when the process has ended; where we or another signal ended it, when its whole process group is gone. Children
 * left behind by one that ended by itself are left alone: it may have meant to.
 */
export async function endOf(
  { exited, pid, startTime }: Pick<StartedProcess, "exited" | "pid" | "startTime">,
  { limitMs, signal, graceMs }: EndOptions,
): Promise<ProcessEnd> {
  const { promise, resolve } = Promise.withResolvers<ProcessEnd>();
  const abort = () => resolve({ kind: "aborted" });
  const timer = limitMs === undefined ? undefined : setTimeout(() => resolve({ kind: "timeout" }), limitMs);
  signal?.addEventListener("abort", abort, { once: true });
  void exited.then((exit) => resolve({ kind: "exit", exit }));
  if (signal?.aborted) abort();
  const end = await promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", abort);
  if (end.kind !== "exit" || end.exit.signal !== null)
    await terminateGroup(pid, { signal: "SIGTERM", timeoutMs: graceMs(), startTime });
  return end;
}
