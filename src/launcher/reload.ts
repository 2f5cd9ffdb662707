// `hab-launch reload`: what a unit of systemd runs for `systemctl reload` (ExecReload=). A bare SIGHUP would be answered only after
// systemd holds the reload for done; said here first, it lasts until the next Supervisor serves.
import { HabError } from "../error/index.ts";
import { environmentValue } from "../host/index.ts";
import { launcherErrors } from "./errors.ts";
import { ServiceManager } from "./service-manager.ts";

/** Has the launcher MAINPID replace its Supervisor. Throws HAB-LCH-010 when systemd did not start this. */
export function reload(): void {
  const pid = Number(environmentValue("MAINPID"));
  if (!Number.isSafeInteger(pid) || pid <= 0)
    throw new HabError(launcherErrors.noMainProcess, "MAINPID holds no process id");
  const manager = new ServiceManager();
  manager.reloading("Restarting the Supervisor");
  manager.close();
  process.kill(pid, "SIGHUP");
}
