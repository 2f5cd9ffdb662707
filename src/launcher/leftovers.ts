// What a launcher that was killed left running. Its Supervisor knows (the connection closed) and stops the services in
// order; what it does not stop is stopped here.
import { isProcessRunning, terminateGroup, waitForExit } from "../host/index.ts";
import type { Leftovers, ServiceRecord } from "./records.ts";
import { SHUTDOWN_PATIENCE_MS } from "./timing.ts";

/** How long the Supervisor of a killed launcher may take to stop its services. */
export function leftoverPatienceMs(leftovers: Leftovers): number {
  return SHUTDOWN_PATIENCE_MS + Math.max(0, ...leftovers.services.map(({ stopTimeoutMs }) => stopTimeoutMs));
}

/** Waits for the Supervisor's own orderly end, then stops each service that still runs, by its own signal and timeout. */
export async function stopLeftovers(
  leftovers: Leftovers,
  remark: (content: string, group?: string) => void,
): Promise<void> {
  const { supervisor, services } = leftovers;
  if (supervisor !== undefined && isProcessRunning(supervisor.pid, supervisor.startTime)) {
    remark(
      `Waiting for the Supervisor of a launcher that was killed (PID ${supervisor.pid}) to stop its services...`,
    );
    if (!(await endsWithin(supervisor.pid, leftoverPatienceMs(leftovers)))) {
      remark(`Killing that Supervisor (PID ${supervisor.pid}): it does not end`);
      await terminateGroup(supervisor.pid, { signal: "KILL", timeoutMs: 0, startTime: supervisor.startTime });
    }
  }
  await Promise.all(services.map((service) => stopService(service, remark)));
}

async function stopService(
  { group, pid, startTime, stopSignal, stopTimeoutMs }: ServiceRecord,
  remark: (content: string, group?: string) => void,
): Promise<void> {
  if (!isProcessRunning(pid, startTime)) return;
  remark(`Stopping PID ${pid}, left behind by a launcher that was killed...`, group);
  await terminateGroup(pid, { signal: stopSignal, timeoutMs: stopTimeoutMs, startTime });
}

async function endsWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const patience = AbortSignal.timeout(timeoutMs);
  try {
    await waitForExit(pid, patience);
    return true;
  } catch (error) {
    if (patience.aborted) return false;
    throw error;
  }
}
