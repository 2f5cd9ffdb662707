// Whether this Supervisor has taken over the service processes that ran before it: the launcher is told which it has not, and
// goes back from a new Supervisor that leaves some alone.
import type { LauncherClient } from "../launcher/index.ts";
import type { Services } from "./services.ts";

/** Taking over is reading a few files: a service that takes longer is not being taken over. */
const TAKE_OVER_MS = 10_000;
const LOOK_AGAIN_MS = 10;

/** Service groups with a process that runs and should, and which no service here holds. Waits for those that are on the way. */
export async function untakenGroups(
  launcher: Pick<LauncherClient, "services">,
  services: Pick<Services, "isHeld">,
): Promise<string[]> {
  const deadline = performance.now() + TAKE_OVER_MS;
  for (;;) {
    const processes = await launcher.services();
    const untaken = processes.filter(
      ({ group, pid, exit }) => exit === undefined && services.isHeld(group, pid) === false,
    );
    if (untaken.length === 0 || performance.now() >= deadline) return untaken.map(({ group }) => group);
    await Bun.sleep(LOOK_AGAIN_MS);
  }
}
