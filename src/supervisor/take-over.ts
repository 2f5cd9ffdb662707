// Whether this Supervisor has taken over the service processes that ran before it: the launcher is told which it has not, and
// goes back from a new Supervisor that leaves some alone.
import type { LauncherClient } from "../launcher/index.ts";

/** How far a service is with taking over a process; `unwanted`: it is not to run. */
export type TakingOver = "done" | "under way" | "failed" | "unwanted";

/** Taking over is reading a few files: a service that takes longer is not being taken over. */
const TAKE_OVER_MS = 10_000;
const LOOK_AGAIN_MS = 10;

/** Service groups with a process that runs and should, and which no service here holds. Waits for those that are under way. */
export async function untakenGroups(
  launcher: Pick<LauncherClient, "services">,
  takingOver: (group: string, pid: number) => TakingOver,
  patienceMs: number = TAKE_OVER_MS,
): Promise<string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const processes = await launcher.services();
    const running = processes
      .filter(({ exit }) => exit === undefined)
      .map(({ group, pid }) => ({ group, state: takingOver(group, pid) }));
    const isSettled = running.every(({ state }) => state !== "under way");
    if (isSettled || performance.now() >= deadline)
      return running
        .filter(({ state }) => state === "failed" || state === "under way")
        .map(({ group }) => group);
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}
