// The C library by ffi, opened on first use: what neither Bun nor node offers (pipes, user database, file locks,
// process descriptors). Only this room calls it.
import { CString, dlopen, type Pointer, ptr, read } from "bun:ffi";
import { readFileSync } from "node:fs";
import { HabError } from "../error/index.ts";
import { hostErrors } from "./errors.ts";

const SYMBOLS = {
  __errno_location: { args: [], returns: "ptr" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "i64"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  getgrgid_r: { args: ["u32", "ptr", "ptr", "u64", "ptr"], returns: "i32" },
  getgrnam_r: { args: ["ptr", "ptr", "ptr", "u64", "ptr"], returns: "i32" },
  getgrouplist: { args: ["ptr", "u32", "ptr", "ptr"], returns: "i32" },
  getpwnam_r: { args: ["ptr", "ptr", "ptr", "u64", "ptr"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
  ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
  getpwuid_r: { args: ["u32", "ptr", "ptr", "u64", "ptr"], returns: "i32" },
  linkat: { args: ["i32", "ptr", "i32", "ptr", "i32"], returns: "i32" },
  pipe2: { args: ["ptr", "i32"], returns: "i32" },
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i64" },
  setgid: { args: ["u32"], returns: "i32" },
  setgroups: { args: ["u64", "ptr"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  setuid: { args: ["u32"], returns: "i32" },
  signal: { args: ["i32", "ptr"], returns: "ptr" },
  sigprocmask: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  socketpair: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], returns: "i64" },
  waitid: { args: ["i32", "u32", "ptr", "i32"], returns: "i32" },
  waitpid: { args: ["i32", "ptr", "i32"], returns: "i32" },
} as const;

type Library = ReturnType<typeof dlopen<typeof SYMBOLS>>["symbols"];

let library: Library | undefined;

/** The C library's functions. Throws when it cannot be opened (no glibc). */
export function libc(): Library {
  library ??= dlopen("libc.so.6", SYMBOLS).symbols;
  return library;
}

/** Path of the C library in this process. */
export function ownLibc(): string {
  libc();
  const path = /\s(\/\S.*\/libc(?:\.so\.6|-[\d.]+\.so))$/m.exec(readFileSync("/proc/self/maps", "utf8"))?.[1];
  if (path === undefined) throw new Error("libc.so.6 is open, but /proc/self/maps does not tell where it is");
  return path;
}

/** System call numbers: the same on x86-64 and arm64 since the two tables were joined at 403; below, by machine. */
export const SYSCALL = {
  pidfdSendSignal: 424,
  pidfdOpen: 434,
  memfdCreate: process.arch === "arm64" ? 279 : 319,
} as const;

/** `errno` of the call just made. Nothing may come between that call and this one. */
export function errno(): number {
  const location = libc().__errno_location();
  return location === null ? 0 : read.i32(location);
}

/** `ESRCH` and the like for a number of `errno`. */
export function errnoName(number: number): string {
  const { constants } = process.getBuiltinModule("node:os");
  for (const [name, value] of Object.entries(constants.errno)) if (value === number) return name;
  return `errno ${number}`;
}

/** An error for a failed call; its cause carries the POSIX name as `code`, as node's system errors do. */
export function systemError(call: string, number: number): HabError {
  return new HabError(hostErrors.systemCall, `${call}: ${errnoName(number)}`, {
    cause: Object.assign(new Error(errnoName(number)), { code: errnoName(number) }),
  });
}

/** A zero-terminated copy of `text`; keep a reference to it while C uses it. */
export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** A `char *[]` ended by NULL, with everything it points to. */
export function cStringArray(texts: readonly string[]): {
  readonly pointers: BigUint64Array;
  readonly kept: Buffer[];
} {
  const kept = texts.map(cString);
  const pointers = new BigUint64Array(texts.length + 1);
  for (const [index, text] of kept.entries()) pointers[index] = BigInt(ptr(text));
  return { pointers, kept };
}

/** Text at the `char *` stored at `offset` of `structure`. */
export function textAt(structure: Uint8Array, offset: number): string {
  const address = Number(new DataView(structure.buffer, structure.byteOffset).getBigUint64(offset, true));
  return address === 0 ? "" : new CString(address as Pointer).toString();
}

const O_CLOEXEC = 0o2000000;

/** A pipe: `[read end, write end]`, both closed in programs started later. */
export function openPipe(): [number, number] {
  const ends = new Int32Array(2);
  if (libc().pipe2(ends, O_CLOEXEC) !== 0) throw systemError("pipe2", errno());
  return [ends[0] as number, ends[1] as number];
}

const F_SETPIPE_SZ = 1031;

/** Has a pipe hold more; as much as it did where the kernel refuses. */
export function enlargePipe(end: number, bytes: number): void {
  libc().fcntl(end, F_SETPIPE_SZ, bytes);
}

const F_DUPFD_CLOEXEC = 1030;

/** Another number for the same open file, closed in programs started later. */
export function duplicateDescriptor(descriptor: number): number {
  const duplicate = libc().fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  if (duplicate < 0) throw systemError("fcntl", errno());
  return duplicate;
}

const AF_UNIX = 1;
const SOCK_STREAM = 1;

/** Two connected sockets, both closed in programs started later. */
export function openSocketPair(): [number, number] {
  const ends = new Int32Array(2);
  if (libc().socketpair(AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0, ends) !== 0)
    throw systemError("socketpair", errno());
  return [ends[0] as number, ends[1] as number];
}

const MFD_CLOEXEC = 1;

/** A nameless file in memory. */
export function openMemoryFile(name: string): number {
  const label = cString(name);
  const descriptor = Number(libc().syscall(SYSCALL.memfdCreate, ptr(label), MFD_CLOEXEC, 0, 0, 0, 0));
  if (descriptor < 0) throw systemError("memfd_create", errno());
  return descriptor;
}
