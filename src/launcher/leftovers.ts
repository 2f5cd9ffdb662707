// What a launcher that was killed left running. Its Supervisor knows (the connection closed) and stops the services in
// order; what it does not stop is stopped here.
import { isProcessRunning, terminateGroup, waitForExit } from "../host/index.ts";
import type { Leftovers, ProcessRecord, ServiceRecord } from "./records.ts";
import { ORPHANED_SUPERVISOR_MS, SHUTDOWN_PATIENCE_MS } from "./timing.ts";

export interface LeftoverTimes {
  /** What the Supervisor may take to begin to stop its services, on top of their own timeouts. */
  readonly beginMs: number;
  /** What it may take when they have all ended: for their last hooks. */
  readonly endMs: number;
}

const TIMES: LeftoverTimes = { beginMs: ORPHANED_SUPERVISOR_MS, endMs: SHUTDOWN_PATIENCE_MS };

type Remark = (content: string, group?: string) => void;

/** How long it can take until all this has ended. */
export function leftoverPatienceMs(leftovers: Leftovers): number {
  return TIMES.beginMs + 2 * longestStopMs(leftovers) + TIMES.endMs;
}

/**
 * Waits for the Supervisor's own orderly end as long as it does its work, then stops each service that still runs, by its own
 * signal and timeout.
 */
export async function stopLeftovers(leftovers: Leftovers, remark: Remark, times = TIMES): Promise<void> {
  const { supervisor, services } = leftovers;
  if (supervisor !== undefined && isProcessRunning(supervisor.pid, supervisor.startTime)) {
    remark(
      `Waiting for the Supervisor of a launcher that was killed (PID ${supervisor.pid}) to stop its services...`,
    );
    if (!(await endsInOrder(supervisor, leftovers, times))) {
      remark(`Killing that Supervisor (PID ${supervisor.pid}): it does not end`);
      await terminateGroup(supervisor.pid, {
        signal: "KILL",
        timeoutMs: 0,
        startTime: supervisor.startTime,
      });
    }
  }
  await Promise.all(services.map((service) => stopService(service, remark)));
}

/** It stops all services at once: so they end within the longest timeout, or it hangs. */
async function endsInOrder(
  supervisor: ProcessRecord,
  leftovers: Leftovers,
  times: LeftoverTimes,
): Promise<boolean> {
  const patienceMs = times.beginMs + longestStopMs(leftovers);
  const stopped = await Promise.race([
    allEndWithin(leftovers.services, patienceMs),
    // Nothing more is to be expected of one that has ended itself.
    allEndWithin([supervisor], patienceMs),
  ]);
  return stopped && (await allEndWithin([supervisor], times.endMs));
}

function longestStopMs({ services }: Leftovers): number {
  return Math.max(0, ...services.map(({ stopTimeoutMs }) => stopTimeoutMs));
}

async function stopService(
  { group, pid, startTime, stopSignal, stopTimeoutMs }: ServiceRecord,
  remark: Remark,
): Promise<void> {
  if (!isProcessRunning(pid, startTime)) return;
  remark(`Stopping PID ${pid}, left behind by a launcher that was killed...`, group);
  await terminateGroup(pid, { signal: stopSignal, timeoutMs: stopTimeoutMs, startTime });
}

async function allEndWithin(processes: readonly ProcessRecord[], timeoutMs: number): Promise<boolean> {
  const patience = AbortSignal.timeout(timeoutMs);
  try {
    await Promise.all(
      processes
        .filter(({ pid, startTime }) => isProcessRunning(pid, startTime))
        .map(({ pid }) => waitForExit(pid, patience)),
    );
    return true;
  } catch (error) {
    if (patience.aborted) return false;
    throw error;
  }
}
