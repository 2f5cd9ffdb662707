// The lock that keeps a second Supervisor off the same state (reference/supervisor.md §7). It holds the launcher's pid:
// `hab sup term` sends its signal there.
import { ftruncateSync, writeSync } from "node:fs";
import { HabError } from "../error/index.ts";
import { environmentValue, type FileLock, lockFile } from "../host/index.ts";
import { supervisorErrors } from "./errors.ts";

/** Takes the lock and writes the launcher's pid. Throws `noLauncher` or `locked`. Kept until the process ends. */
export function acquireSupervisorLock(path: string): FileLock {
  const pid = Number(environmentValue("HAB_LAUNCHER_PID") ?? "");
  if (!Number.isSafeInteger(pid) || pid <= 0) {
    throw new HabError(supervisorErrors.noLauncher, "HAB_LAUNCHER_PID holds no process id");
  }
  const lock = lockFile(path, { exclusive: true });
  if (lock === undefined) {
    throw new HabError(
      supervisorErrors.locked,
      `Lock file error -> Could not acquire exclusive lock on lock file '${path}'. Is another Supervisor process running?`,
    );
  }
  const text = Buffer.from(String(pid));
  ftruncateSync(lock.descriptor, 0);
  writeSync(lock.descriptor, text, 0, text.length, 0);
  lock.share();
  return lock;
}
