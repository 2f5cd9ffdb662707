// Who descends from whom, from /proc: for the moments when a process is to end with all it has started.
import { readdirSync, readFileSync } from "node:fs";
import { type ProcessStatus, processStatus } from "./process-table.ts";

/** Every descendant of a process, parents before their children; those that have ended and wait for their parent too. */
export function descendantsOf(pid: number): ProcessStatus[] {
  const found = [...childrenOf(pid)];
  for (const each of found) found.push(...childrenOf(each));
  return found.map((each) => processStatus(each)).filter((status) => status !== undefined);
}

/** Pids of the children of all threads of a process; none when it is gone. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => childrenOfThread(pid, thread));
  } catch {
    return [];
  }
}

function childrenOfThread(pid: number, thread: string): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    // The thread has ended.
    return [];
  }
}
