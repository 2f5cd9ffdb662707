// Which ids a user namespace of an ordinary user has (user_namespaces(7), subuid(5)): its own as 0 and, where the machine
// has given it some and newuidmap is there to hand them out, subordinate ones from 1 on.
import { readFileSync, writeFileSync } from "node:fs";
import { HabError } from "../error/index.ts";
import { hostErrors } from "./errors.ts";

/** One line of a map: `count` ids from `inside` on are those from `outside` on. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** The first range that `text` (of /etc/subuid, /etc/subgid) gives to the user of this name or id; undefined when none. */
export function subordinateRange(text: string, name: string, uid: number): IdRange | undefined {
  for (const line of text.split("\n")) {
    const [owner, start = "", count = ""] = line.trim().split(":");
    if (owner !== name && owner !== String(uid)) continue;
    if (!/^\d+$/.test(start) || !/^\d+$/.test(count) || Number(count) === 0) continue;
    return { inside: 1, outside: Number(start), count: Number(count) };
  }
  return undefined;
}

export interface IdMaps {
  readonly users: readonly IdRange[];
  readonly groups: readonly IdRange[];
}

/** The maps for the caller, whose name is `name`; only its own ids when it has no others. */
export function idMapsFor(name: string): IdMaps {
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  const own = (outside: number): IdRange => ({ inside: 0, outside, count: 1 });
  const helpers = Bun.which("newuidmap") !== null && Bun.which("newgidmap") !== null;
  const users = helpers ? subordinateRange(textOf("/etc/subuid"), name, uid) : undefined;
  const groups = helpers ? subordinateRange(textOf("/etc/subgid"), name, uid) : undefined;
  if (users === undefined || groups === undefined) return { users: [own(uid)], groups: [own(gid)] };
  return { users: [own(uid), users], groups: [own(gid), groups] };
}

/** Whether more than the caller's own ids are in it. */
export function hasSubordinates(maps: IdMaps): boolean {
  return maps.users.length > 1;
}

/** The same without subordinate ids. */
export function withoutSubordinates(maps: IdMaps): IdMaps {
  return { users: maps.users.slice(0, 1), groups: maps.groups.slice(0, 1) };
}

/** Gives the new user namespace of process `pid` its ids. Throws HAB-HST-012 when the helpers would not, system errors. */
export function writeIdMaps(pid: number, maps: IdMaps): void {
  if (hasSubordinates(maps)) {
    const words = (ranges: readonly IdRange[]) =>
      ranges.flatMap(({ inside, outside, count }) => [`${inside}`, `${outside}`, `${count}`]);
    const help = (program: string, ranges: readonly IdRange[]) =>
      Bun.spawnSync([program, `${pid}`, ...words(ranges)], { stdio: ["ignore", "ignore", "ignore"] }).success;
    if (help("newuidmap", maps.users) && help("newgidmap", maps.groups)) return;
    throw new HabError(hostErrors.idsRefused, "newuidmap and newgidmap do not give the ids of /etc/subuid");
  }
  const line = ([first]: readonly IdRange[]) => `${first?.inside ?? 0} ${first?.outside ?? 0} 1\n`;
  // An ordinary user may map its group only where groups cannot be dropped.
  writeFileSync(`/proc/${pid}/setgroups`, "deny");
  writeFileSync(`/proc/${pid}/gid_map`, line(maps.groups));
  writeFileSync(`/proc/${pid}/uid_map`, line(maps.users));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
