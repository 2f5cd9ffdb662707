// What runs on the machine, as /proc says. The machine has process numbers of its own, so all that is there is ours.
import { readdirSync, readFileSync } from "node:fs";

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** One letter: R, S, D, T, Z, … */
  readonly state: string;
  /** Clock ticks since boot. */
  readonly startTime: number;
  readonly command: string;
}

/** All processes, without those that ended while we looked. */
export function processes(): Map<number, Process> {
  const found = new Map<number, Process>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      const end = stat.lastIndexOf(")");
      const words = stat.slice(end + 2).split(" ");
      const line = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const pid = Number(name);
      found.set(pid, {
        pid,
        state: words[0] ?? "",
        parent: Number(words[1]),
        group: Number(words[2]),
        startTime: Number(words[19]),
        command: line === "" ? stat.slice(stat.indexOf("("), end + 1) : line,
      });
    } catch {
      // Ended just now.
    }
  }
  return found;
}

/** A process and all below it. */
export function treeOf(all: ReadonlyMap<number, Process>, root: number): Set<number> {
  const tree = new Set([root]);
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of all.values()) if (tree.has(parent)) tree.add(pid);
  }
  return tree;
}

/** Ends a process by SIGKILL, if it is there, and waits until it no longer runs; whether it was there. */
export async function kill(pid: number | undefined): Promise<boolean> {
  if (!signal(pid, "SIGKILL")) return false;
  for (;;) {
    const state = processes().get(pid ?? 0)?.state;
    if (state === undefined || state === "Z" || state === "X") return true;
    await Bun.sleep(2);
  }
}

/** Sends a signal to a process, if it is there; whether it was. */
export function signal(pid: number | undefined, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

export function descriptorsOf(pid: number): string[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory);
}

/** Memory that is the process's own, in MB: what is shared with others does not grow with it. */
export function privateMegabytes(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
  return (kilobytes("Private_Dirty") + kilobytes("Private_Clean")) / 1024;
}

export function describeProcesses(): string {
  const lines = [...processes().values()].map(
    ({ pid, parent, group, state, command }) =>
      `${String(pid).padStart(6)} ${String(parent).padStart(6)} ${String(group).padStart(6)} ${state} ${command.slice(0, 120)}`,
  );
  return ["   pid parent  group", ...lines].join("\n");
}
