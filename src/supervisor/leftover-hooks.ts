// Hooks that a Supervisor which was killed left running: the next one would run the same hook beside them, and one that never
// ends would stay for good. They are known by what they are: leaders of a session that run a hook file of ours.
import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { describeError } from "../error/index.ts";
import { habPath, type SessionLeader, sessionLeaders, terminateGroup, waitForExit } from "../host/index.ts";
import { SERVICE_HOOKS, type ServiceHook } from "./plan/service.ts";

/** How long one of them may take to end before it is killed. */
const LEFTOVER_HOOK_MS = 2_000;

/** How long one that nobody will run again may take to do its work. */
const LAST_WORK_MS = 10_000;

/** The interpreter of a script may be given one word of its own before the file. */
const LAST_PLACE_OF_FILE = 2;

/** Those we run again: two at once could spoil each other's work. What the others began is not begun anew. */
const RUN_AGAIN: ReadonlySet<string> = new Set<ServiceHook>(["init", "health-check", "suitability"]);

/**
 * Ends them with all they started; resolves when those have ended that will be run again. Only for who holds the Supervisor's
 * lock, before it has run a hook itself.
 */
export async function stopLeftoverHooks(say: (content: string) => void): Promise<void> {
  const services = habPath("svc");
  const waitedFor: Promise<void>[] = [];
  for (const leader of sessionLeaders()) {
    const file = hookFile(leader, services);
    if (file === undefined || !isOnOurDisk(leader.pid, dirname(file))) continue;
    const isRunAgain = RUN_AGAIN.has(basename(file));
    const stopped = stop(leader, file, isRunAgain ? 0 : LAST_WORK_MS, say);
    if (isRunAgain) waitedFor.push(stopped);
  }
  await Promise.all(waitedFor);
}

/** Never rejects. */
async function stop(
  { pid, startTime }: SessionLeader,
  file: string,
  patienceMs: number,
  say: (content: string) => void,
): Promise<void> {
  try {
    if (patienceMs > 0) await waitForExit(pid, AbortSignal.timeout(patienceMs)).catch(() => {});
    const options = { signal: "TERM", timeoutMs: LEFTOVER_HOOK_MS, startTime };
    if ((await terminateGroup(pid, options)) === "already-exited") return;
    say(`Stopped ${file} (PID: ${pid}), left running by a Supervisor that was killed`);
  } catch (error) {
    say(`Unable to stop ${file} (PID: ${pid}): ${describeError(error)}`);
  }
}

/** The hook file it runs, if it runs one. */
export function hookFile({ words }: Pick<SessionLeader, "words">, services: string): string | undefined {
  return words.slice(0, LAST_PLACE_OF_FILE + 1).find((word) => {
    const hooks = dirname(word);
    return (
      basename(hooks) === "hooks" &&
      dirname(dirname(hooks)) === services &&
      (SERVICE_HOOKS as readonly string[]).includes(basename(word))
    );
  });
}

/** A container's processes have files of the same names, which are others. */
function isOnOurDisk(pid: number, directory: string): boolean {
  try {
    const theirs = statSync(`/proc/${pid}/root${directory}`);
    const ours = statSync(directory);
    return theirs.dev === ours.dev && theirs.ino === ours.ino;
  } catch {
    return false;
  }
}
