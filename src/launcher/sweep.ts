// `hab-launch sweep`: what a unit of systemd runs when its launcher has ended (ExecStopPost=), so that the end is orderly
// also where the launcher was killed, and nothing is left in the unit. After an orderly end there is nothing to do.
import { HabError } from "../error/index.ts";
import { environmentValue, ownUnitProcesses, terminateGroup } from "../host/index.ts";
import { Console, lineFormat } from "./console.ts";
import { launcherErrors } from "./errors.ts";
import { leftoverPatienceMs, stopLeftovers } from "./leftovers.ts";
import { LauncherRecords } from "./records.ts";
import { ServiceManager } from "./service-manager.ts";
import { DEFAULT_STOP_TIMEOUT_MS, SERVICE_MANAGER_MARGIN_MS } from "./timing.ts";

/** Stops what a launcher that is gone left running. Does nothing while a launcher runs. */
export async function sweep(): Promise<void> {
  const manager = new ServiceManager();
  const records = new LauncherRecords();
  const console = new Console(lineFormat([], process.env));
  try {
    records.open();
  } catch (error) {
    if (error instanceof HabError && error.code === launcherErrors.alreadyRunning.code) return;
    throw error;
  }
  try {
    const leftovers = records.leftovers();
    const patienceMs = leftoverPatienceMs(leftovers) + DEFAULT_STOP_TIMEOUT_MS + SERVICE_MANAGER_MARGIN_MS;
    manager.extend(patienceMs);
    await stopLeftovers(leftovers, (content, group) => console.remark(content, group));
    await stopStrays(console);
  } finally {
    records.close();
    manager.close();
    await console.flush();
  }
}

/** Processes that left their service's group and outlived it. Nobody else could tell whose they are. */
async function stopStrays(console: Console): Promise<void> {
  // Set by systemd for what it runs after a unit has ended: only then is everything in the control group ours.
  if (environmentValue("SERVICE_RESULT") === undefined) return;
  await Promise.all(
    ownUnitProcesses().map(async (pid) => {
      console.remark(`Stopping PID ${pid}, which left its service and outlived it...`);
      await terminateGroup(pid, { signal: "TERM", timeoutMs: DEFAULT_STOP_TIMEOUT_MS });
    }),
  );
}
