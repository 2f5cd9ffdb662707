// Who else runs in the control group of this process's systemd unit (cgroups(7)).
import { readFileSync } from "node:fs";
import { readTextIfPresent } from "./files.ts";

/**
 * Pids in the control group of this process, itself left out. Empty when that group is not one of a systemd service: in
 * that of a login everything a person has started would be found.
 */
export function ownUnitProcesses(): number[] {
  for (const line of (readTextIfPresent("/proc/self/cgroup") ?? "").split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined || !path.endsWith(".service")) continue;
    const isUnified = controllers === "";
    if (!isUnified && controllers !== "name=systemd") continue;
    const mount = mountPoint(isUnified ? "cgroup2" : "cgroup", isUnified ? undefined : "name=systemd");
    const text = mount === undefined ? undefined : readTextIfPresent(`${mount}${path}/cgroup.procs`);
    if (text === undefined) continue;
    return text
      .split("\n")
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid);
  }
  return [];
}

/** Where a file system of this type is mounted, with `option` among its options if one is given. */
function mountPoint(type: string, option: string | undefined): string | undefined {
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const [, place, kind, options = ""] = line.split(" ");
    if (kind === type && (option === undefined || options.split(",").includes(option))) return place;
  }
  return undefined;
}
