// Facts about running processes, from /proc. A process is named by its pid together with its start time, because
// pids are used again.
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessStatus {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since the machine started. */
  readonly startTime: number;
}

/** What /proc says of `pid`, or undefined when there is no such process. */
export function processStatus(pid: number): ProcessStatus | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The command name may hold blanks and parentheses: the fields are counted from its last parenthesis.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    pid,
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTime: Number(fields[19]),
  };
}

/** Start time of a process in clock ticks since boot; with the pid it names one process for good. */
export function processStartTime(pid: number): number | undefined {
  return processStatus(pid)?.startTime;
}

/** Whether the process runs: it exists, has not ended (a zombie has), and is the one that began at `startTime`. */
export function isProcessRunning(pid: number, startTime?: number): boolean {
  const status = processStatus(pid);
  if (status === undefined || status.state === "Z" || status.state === "X") return false;
  return startTime === undefined || status.startTime === startTime;
}

/** Pids of the running members of a process group. Reads all of /proc: for the rare moments of stopping. */
export function runningGroupMembers(group: number): number[] {
  if (!groupExists(group)) return [];
  const members: number[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const status = processStatus(Number(name));
    if (status?.group === group && status.state !== "Z" && status.state !== "X") members.push(status.pid);
  }
  return members;
}

function groupExists(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

/** A process that leads a session, as those started by `startProcess` do, with the words it was started with. */
export interface SessionLeader {
  readonly pid: number;
  readonly startTime: number;
  readonly words: readonly string[];
}

/** Every running leader of a session that we may look at. Reads all of /proc: for rare moments. */
export function sessionLeaders(): SessionLeader[] {
  const found: SessionLeader[] = [];
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const status = processStatus(pid);
    if (status === undefined || status.session !== pid || status.state === "Z") continue;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
      found.push({ pid, startTime: status.startTime, words });
    } catch {
      // Gone by now, or not ours to look at.
    }
  }
  return found;
}
