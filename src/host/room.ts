// A room: one program and what it starts, in namespaces and a root of their own. The kernel is all it takes: the C part
// (room.c) clones and is process 1 inside; when that ends, however it ends, everything in the room ends.
import { cc, ptr } from "bun:ffi";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { HabError } from "../error/index.ts";
import { hostErrors } from "./errors.ts";
import { type IdMaps, writeIdMaps } from "./id-map.ts";
import { cStringArray, errnoName, libc, openPipe, openSocketPair, ownLibc } from "./libc.ts";
import { readPipe } from "./process-lines.ts";
import { waitForExit } from "./process-wait.ts";
import source from "./room.c" with { type: "text" };
import { encodeSteps, type RoomStep } from "./room-steps.ts";

const CLONE = {
  mounts: 0x0002_0000,
  names: 0x0400_0000,
  messages: 0x0800_0000,
  users: 0x1000_0000,
  processes: 0x2000_0000,
  network: 0x4000_0000,
} as const;

export interface RoomOptions {
  /** Ids of a user namespace; without them the room has none, which takes root. */
  readonly ids?: IdMaps;
  /** An own network with nothing but loopback. */
  readonly ownNetwork: boolean;
  /** Own host name and System V messages. */
  readonly ownNames: boolean;
  readonly steps: readonly RoomStep[];
  /** Program (a path in the room) and arguments. */
  readonly command: readonly [string, ...string[]];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Descriptors of standard input, output and error; they stay the caller's. */
  readonly streams: readonly [number, number, number];
  /** Which of them is the slave of a terminal that is to be the program's own. */
  readonly terminal?: number;
  /** Capabilities that the program keeps, as bits; with "all" it may also gain by setuid. */
  readonly capabilities: bigint | "all";
  /** A filter of system calls (seccomp(2)), in the kernel's form. */
  readonly filter?: (maps: { readonly oneUser: boolean }) => Uint8Array | undefined;
  /** A locked descriptor that the room keeps open, so that the lock lasts as long as it does. */
  readonly lock?: number;
  /** How long what the program leaves behind may take to end after SIGTERM. */
  readonly graceMs: number;
}

export interface Room {
  /** Process 1 of the room, as seen from here. */
  readonly pid: number;
  /** Exit status of the program, 128 + n after signal n. Resolves when everything in the room has ended. */
  readonly exited: Promise<number>;
  /** Sends the program (its process group) a signal. */
  signal(name: NodeJS.Signals): void;
  /** Has process 1 do more steps. Throws HAB-HST-011 when one fails. */
  perform(steps: readonly RoomStep[]): Promise<void>;
  /** Ends all of it at once. */
  kill(): void;
}

type Start = (config: number, steps: number, argv: number, envp: number, filter: number) => number;

let start: Start | undefined;

/** Compiles the C part, as the first room does. Throws where that is not possible. */
export function prepareRooms(): void {
  roomStart();
}

/** The C part; TinyCC takes about 5 ms for it. */
function roomStart(): Start {
  if (start !== undefined) return start;
  const directory = mkdtempSync(join(tmpdir(), "hab-room-"));
  // Bun writes its compiler's headers there for the next time, which what we compile does not include.
  const headers = join(tmpdir(), `bun-cc-${process.getuid?.()}`);
  const hadHeaders = existsSync(headers);
  try {
    const path = join(directory, "room.c");
    writeFileSync(path, source);
    // TinyCC links with a libc.so, which only machines with the C library's development files have: here it is the one we run with.
    symlinkSync(ownLibc(), join(directory, "libc.so"));
    const { symbols } = cc({
      source: path,
      flags: [`-L${directory}`],
      symbols: { room_start: { args: ["ptr", "ptr", "ptr", "ptr", "ptr"], returns: "i32" } },
    });
    start = symbols.room_start as unknown as Start;
    return start;
  } finally {
    rmSync(directory, { recursive: true, force: true });
    if (!hadHeaders) rmSync(headers, { recursive: true, force: true });
  }
}

/** Sizes of what the filter's instructions take. */
const FILTER_INSTRUCTION_BYTES = 8;

/**
 * Starts a program in a room. Throws HAB-HST-012 when subordinate ids are refused, HAB-HST-010 where the kernel does not allow such namespaces, HAB-HST-011 when a step
 * fails or the program does not start; then nothing is left.
 */
export async function startRoom(options: RoomOptions): Promise<Room> {
  const [goRead, goWrite] = openPipe();
  const [reportRead, reportWrite] = openPipe();
  const [control, controlInside] = openSocketPair();
  const environment = cStringArray(Object.entries(options.env).map(([name, value]) => `${name}=${value}`));
  const words = cStringArray(options.command);
  const steps = encodeSteps(options.steps);
  const oneUser = options.ids !== undefined && options.ids.users.length === 1;
  const filter = options.filter?.({ oneUser });
  const [low, high] =
    options.capabilities === "all"
      ? [0, 0]
      : [Number(options.capabilities & 0xffff_ffffn), Number(options.capabilities >> 32n)];
  const config = new Int32Array([
    cloneFlags(options),
    goRead,
    reportWrite,
    controlInside,
    ...options.streams,
    options.terminal ?? -1,
    options.ids === undefined ? 0 : 1,
    options.capabilities === "all" ? 0 : 1,
    low,
    high,
    filter === undefined ? 0 : filter.length / FILTER_INSTRUCTION_BYTES,
    options.lock ?? -1,
    options.graceMs,
    goWrite,
  ]);
  let pid: number;
  try {
    pid = roomStart()(
      ptr(config),
      ptr(steps),
      ptr(words.pointers),
      ptr(environment.pointers),
      filter === undefined ? 0 : ptr(filter),
    );
  } catch (error) {
    for (const each of [goRead, goWrite, reportRead, reportWrite, control, controlInside]) closeSync(each);
    throw error;
  }
  // What C still points to while it starts must not be collected.
  for (const each of [goRead, reportWrite, controlInside]) closeSync(each);
  if (pid < 0) {
    for (const each of [goWrite, reportRead, control]) closeSync(each);
    throw refused(`clone: ${errnoName(-pid)}`, options);
  }
  const exited = exitOf(pid).finally(() => closeSync(control));
  try {
    if (options.ids !== undefined) writeIdMaps(pid, options.ids);
    writeSync(goWrite, "1");
  } catch (error) {
    closeSync(reportRead);
    process.kill(pid, "SIGKILL");
    await exited;
    if (error instanceof HabError) throw error;
    throw refused(error instanceof Error ? error.message : String(error), options);
  } finally {
    closeSync(goWrite);
  }
  const report = await textOf(reportRead);
  if (report !== "") {
    await exited;
    throw notMade(report, options);
  }
  return {
    pid,
    exited,
    signal: (name) => sendTo(pid, name),
    kill: () => sendTo(pid, "SIGKILL"),
    perform: (more) => perform(control, more),
  };
}

function cloneFlags({ ids, ownNetwork, ownNames }: RoomOptions): number {
  return (
    constants.signals.SIGCHLD |
    CLONE.mounts |
    CLONE.processes |
    (ids === undefined ? 0 : CLONE.users) |
    (ownNetwork ? CLONE.network : 0) |
    (ownNames ? CLONE.names | CLONE.messages : 0)
  );
}

/** Not a child that Bun knows: waited for by its descriptor, collected by its pid. */
async function exitOf(pid: number): Promise<number> {
  await waitForExit(pid);
  const status = new Int32Array(1);
  libc().waitpid(pid, ptr(status), 0);
  const [value = 0] = status;
  return (value & 127) === 0 ? (value >> 8) & 255 : 128 + (value & 127);
}

function sendTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

async function textOf(descriptor: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of readPipe(descriptor)) text += decoder.decode(chunk, { stream: true });
  return text;
}

async function perform(control: number, steps: readonly RoomStep[]): Promise<void> {
  const bytes = encodeSteps(steps);
  const length = Buffer.alloc(4);
  length.writeInt32LE(bytes.length);
  writeSync(control, Buffer.concat([length, bytes]));
  const answer = Buffer.alloc(4);
  const { read } = await import("node:fs");
  const count = await new Promise<number>((resolve, reject) =>
    read(control, answer, 0, 4, null, (error, got) => (error === null ? resolve(got) : reject(error))),
  );
  const failure = count === 4 ? answer.readInt32LE() : constants.errno.EPIPE;
  if (failure !== 0) throw new HabError(hostErrors.roomStepFailed, `a mount failed: ${errnoName(failure)}`);
}

/** Reads of /proc/sys that tell why a kernel refuses. */
function setting(name: string): string {
  try {
    return readFileSync(`/proc/sys/${name}`, "utf8").trim();
  } catch {
    return "";
  }
}

function refused(reason: string, { ids }: RoomOptions): HabError {
  const why =
    ids === undefined
      ? ""
      : setting("kernel/unprivileged_userns_clone") === "0"
        ? " (kernel.unprivileged_userns_clone is 0)"
        : setting("user/max_user_namespaces") === "0"
          ? " (user.max_user_namespaces is 0)"
          : setting("kernel/apparmor_restrict_unprivileged_userns") === "1"
            ? " (kernel.apparmor_restrict_unprivileged_userns is 1)"
            : "";
  const kind = ids === undefined ? "namespaces" : "user namespaces";
  return new HabError(hostErrors.roomRefused, `this machine does not allow ${kind}: ${reason}${why}`);
}

function notMade(report: string, options: RoomOptions): HabError {
  const [, number = "", what = ""] = /^(\d+) ?(.*)$/s.exec(report) ?? [];
  const name = errnoName(Number(number));
  // The first mount is what a kernel with AppArmor's restriction refuses: it lets the namespace be made, powerless.
  if ((name === "EPERM" || name === "EACCES") && /^(! R |setresuid)/.test(what) && options.ids !== undefined)
    return refused(`${what}: ${name}`, options);
  return new HabError(hostErrors.roomStepFailed, `${what.replace(/^! /, "")}: ${name}`);
}
