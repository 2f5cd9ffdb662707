// Users and groups of this host, asked of the C library so that every name service counts (LDAP, systemd, …); where
// that is not possible, of /etc/passwd and /etc/group (reference/services.md §3).
import { readFileSync } from "node:fs";
import { cString, libc, textAt } from "./libc.ts";

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface Group {
  readonly name: string;
  readonly gid: number;
}

/** The user of this name or number, or undefined when there is none. */
export function lookupUser(key: string | number): User | undefined {
  if (!isPlausible(key)) return undefined;
  try {
    return userOfLibrary(key);
  } catch {
    return userOfFile(key);
  }
}

/** The group of this name or number, or undefined when there is none. */
export function lookupGroup(key: string | number): Group | undefined {
  if (!isPlausible(key)) return undefined;
  try {
    return groupOfLibrary(key);
  } catch {
    return groupOfFile(key);
  }
}

/** All groups a process of `user` with the primary group `gid` belongs to; `gid` is one of them. */
export function supplementaryGroups(user: string, gid: number): number[] {
  try {
    return groupsOfLibrary(user, gid);
  } catch {
    return groupsOfFile(user, gid);
  }
}

function isPlausible(key: string | number): boolean {
  if (typeof key === "number") return Number.isInteger(key) && key >= 0 && key < 0xffff_ffff;
  return key !== "" && !key.includes("\0");
}

/** `struct passwd` and `struct group` on 64-bit glibc. */
const PASSWD = { size: 48, name: 0, uid: 16, gid: 20, home: 32 } as const;
const GROUP = { size: 32, name: 0, gid: 16 } as const;

const ERANGE = 34;
const LARGEST_ENTRY_BYTES = 1 << 24;

type Lookup = (structure: Uint8Array, buffer: Uint8Array, result: BigUint64Array) => number;

/** Runs a `…_r` function with a growing buffer. Undefined when there is no such entry; throws when it cannot tell. */
function entryOfLibrary<Entry>(
  size: number,
  lookup: Lookup,
  readEntry: (structure: Buffer) => Entry,
): Entry | undefined {
  for (let length = 4096; length <= LARGEST_ENTRY_BYTES; length *= 4) {
    const structure = Buffer.alloc(size);
    const buffer = Buffer.alloc(length);
    const result = new BigUint64Array(1);
    const failure = lookup(structure, buffer, result);
    if (failure === ERANGE) continue;
    if (result[0] === 0n) {
      if (failure !== 0 && !MEANS_ABSENT.has(failure)) throw new Error(`user database: errno ${failure}`);
      return undefined;
    }
    // The structure points into `buffer`, which must live until everything is copied.
    const entry = readEntry(structure);
    buffer.fill(0);
    return entry;
  }
  throw new Error("user database: an entry is too large");
}

/** ENOENT, ESRCH, EBADF, EPERM: ways of C libraries to say that there is no such entry (getpwnam(3)). */
const MEANS_ABSENT = new Set([2, 3, 9, 1]);

function userOfLibrary(key: string | number): User | undefined {
  const name = typeof key === "string" ? cString(key) : undefined;
  return entryOfLibrary(
    PASSWD.size,
    (structure, buffer, result) =>
      name !== undefined
        ? libc().getpwnam_r(name, structure, buffer, buffer.length, result)
        : libc().getpwuid_r(key as number, structure, buffer, buffer.length, result),
    (entry) => ({
      name: textAt(entry, PASSWD.name),
      uid: entry.readUInt32LE(PASSWD.uid),
      gid: entry.readUInt32LE(PASSWD.gid),
      home: textAt(entry, PASSWD.home),
    }),
  );
}

function groupOfLibrary(key: string | number): Group | undefined {
  const name = typeof key === "string" ? cString(key) : undefined;
  return entryOfLibrary(
    GROUP.size,
    (structure, buffer, result) =>
      name !== undefined
        ? libc().getgrnam_r(name, structure, buffer, buffer.length, result)
        : libc().getgrgid_r(key as number, structure, buffer, buffer.length, result),
    (entry) => ({ name: textAt(entry, GROUP.name), gid: entry.readUInt32LE(GROUP.gid) }),
  );
}

const MOST_GROUPS = 65_536; // NGROUPS_MAX of Linux

function groupsOfLibrary(user: string, gid: number): number[] {
  const name = cString(user);
  for (let capacity = 64; capacity <= MOST_GROUPS; capacity *= 4) {
    const groups = new Uint32Array(capacity);
    const count = new Int32Array([capacity]);
    if (libc().getgrouplist(name, gid, groups, count) >= 0)
      return [...new Set(groups.subarray(0, count[0] as number))];
  }
  return [gid];
}

function recordsOf(path: string): string[][] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").map((line) => line.split(":"));
}

function userOfFile(key: string | number): User | undefined {
  for (const [name, , uid, gid, , home] of recordsOf("/etc/passwd")) {
    if (name === undefined || uid === undefined || gid === undefined) continue;
    if (typeof key === "string" ? name === key : Number(uid) === key)
      return { name, uid: Number(uid), gid: Number(gid), home: home ?? "" };
  }
  return undefined;
}

function groupOfFile(key: string | number): Group | undefined {
  for (const [name, , gid] of recordsOf("/etc/group")) {
    if (name === undefined || gid === undefined) continue;
    if (typeof key === "string" ? name === key : Number(gid) === key) return { name, gid: Number(gid) };
  }
  return undefined;
}

function groupsOfFile(user: string, gid: number): number[] {
  const groups = new Set([gid]);
  for (const [, , id, members] of recordsOf("/etc/group"))
    if (id !== undefined && members?.split(",").includes(user)) groups.add(Number(id));
  return [...groups];
}
