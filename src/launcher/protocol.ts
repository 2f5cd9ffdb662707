// What launcher and Supervisor say to each other: one JSON object a line over a Unix socket. Every request has a number
// that its reply repeats, so nothing depends on order. A launcher outlives many Supervisors, also newer ones: unknown
// members are ignored, unknown requests are refused by name, and the version is agreed on when registering.
import { HabError } from "../error/index.ts";
import type { Identity, TerminationResult } from "../host/index.ts";
import { launcherErrors } from "./errors.ts";
import type { TailAnswer } from "./line-tail.ts";

/** 2: `serving`, and `ping` with its answer `alive`. 3: `slots`, `offer`, `pardon`, the event `proved`, `untaken`. */
export const PROTOCOL_VERSION = 3;

/** The first version whose Supervisors answer a `ping`. */
export const PING_VERSION = 2;

/** The first version whose launchers start another program in place of the Supervisor's. */
export const SLOTS_VERSION = 3;

/** Longest line in bytes; a service's environment is most of the longest request. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Environment variables by which a Supervisor finds its launcher (reference/supervisor.md §4). */
export const PIPE_VARIABLE = "HAB_LAUNCHER_PIPE";
export const PID_VARIABLE = "HAB_LAUNCHER_PID";

/** By it a Supervisor knows the program that was started, where that is not the launcher's own. */
export const PROGRAM_VARIABLE = "HAB_LAUNCHER_SUP_PROGRAM";

/** A service process to start, and how to stop it when nobody else does. */
export interface ServiceSpec {
  /** Service group, `redis.default`: at most one process runs for each. */
  readonly group: string;
  readonly command: readonly string[];
  /** Laid over the launcher's own environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whom to run as; the launcher's own user when absent. */
  readonly user?: Identity;
  /** `TERM`, … */
  readonly stopSignal?: string;
  readonly stopTimeoutMs?: number;
}

/** One row of the launcher's table. */
export interface ServiceProcess {
  readonly group: string;
  readonly pid: number;
  /** With the pid it names the process for good (clock ticks since boot). */
  readonly startTime: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly user?: Identity;
  /** Set when it has ended while no Supervisor was there to be told. */
  readonly exit?: { readonly code: number | null; readonly signal: string | null };
}

export interface Requests {
  register: { readonly protocol: number; readonly pid: number };
  spawn: { readonly service: ServiceSpec };
  terminate: { readonly pid: number; readonly signal?: string; readonly timeoutMs?: number };
  services: Record<never, never>;
  /**
   * The Supervisor does what it is there for: its gateways are open. `untaken`: service groups that run and should, and that
   * it could not take over from the one before.
   */
  serving: { readonly untaken?: readonly string[] };
  /** The answer to a `ping`. */
  alive: Record<never, never>;
  /** Lines services printed, after a number; waits for some up to `waitMs`. A launcher from before that refuses it. */
  lines: { readonly group?: string; readonly after: number; readonly waitMs: number };
  /** Which programs there are for a Supervisor. */
  slots: Record<never, never>;
  /** The next Supervisor is to be this program, on trial. */
  offer: { readonly program: Program };
  /** Programs that were refused may be offered again. */
  pardon: Record<never, never>;
}

/** A program that can be a Supervisor. */
export interface Program {
  /** What it is called in messages: the ident of its package. */
  readonly name: string;
  readonly path: string;
}

/** A program that did not prove itself. */
export interface Refusal {
  readonly name: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** What the launcher knows of programs for a Supervisor. */
export interface SlotsReport {
  /** The program the launcher itself is. */
  readonly launcher: string;
  /** Whether HAB_SUP_BINARY names the one that is always started. */
  readonly fixed: boolean;
  /** Whether the Supervisor that runs has still to prove itself. */
  readonly onTrial: boolean;
  /** The one that has proved itself; absent where that is the launcher's own program. */
  readonly good?: Program;
  readonly refused: readonly Refusal[];
}

export interface Replies {
  register: { readonly protocol: number; readonly pid: number };
  spawn: { readonly pid: number; readonly startTime: number };
  terminate: { readonly result: TerminationResult };
  services: { readonly services: readonly ServiceProcess[] };
  serving: Record<never, never>;
  alive: Record<never, never>;
  lines: TailAnswer;
  slots: SlotsReport;
  offer: Record<never, never>;
  pardon: Record<never, never>;
}

export type RequestName = keyof Requests;

export type Request = {
  [Name in RequestName]: { readonly id: number; readonly do: Name } & Requests[Name];
}[RequestName];

export type Reply =
  | { readonly id: number; readonly ok: Replies[RequestName] }
  | {
      readonly id: number;
      readonly error: { readonly code: string; readonly message: string; readonly next: string };
    };

/** The end of a service process. */
export interface ExitedEvent {
  readonly event: "exited";
  readonly group: string;
  readonly pid: number;
  readonly startTime: number;
  readonly code: number | null;
  readonly signal: string | null;
}

/** The launcher wants everything to end: stop the services, then exit. */
export interface ShutdownEvent {
  readonly event: "shutdown";
}

/** Are you there? */
export interface PingEvent {
  readonly event: "ping";
}

/** The Supervisor is no longer on trial. */
export interface ProvedEvent {
  readonly event: "proved";
}

export type Event = ExitedEvent | ShutdownEvent | PingEvent | ProvedEvent;

/** A line to send. */
export function encodeLine(message: Request | Reply | Event): Uint8Array {
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  if (bytes.length > MAX_MESSAGE_BYTES)
    throw new HabError(
      launcherErrors.badMessage,
      `a message of ${bytes.length} bytes, when at most ${MAX_MESSAGE_BYTES} are taken`,
    );
  return bytes;
}

const NEWLINE = 0x0a;

/** Bytes as they come to JSON objects. Throws HAB-LCH-007 on anything else; then the connection is of no use. */
export class LineDecoder {
  #parts: Uint8Array[] = [];
  #length = 0;

  push(chunk: Uint8Array): Record<string, unknown>[] {
    const messages: Record<string, unknown>[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      messages.push(parseObject(Buffer.concat(this.#parts, this.#length).toString("utf8")));
      this.#parts = [];
      this.#length = 0;
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.slice(start));
    return messages;
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > MAX_MESSAGE_BYTES)
      throw new HabError(launcherErrors.badMessage, `a message of more than ${MAX_MESSAGE_BYTES} bytes`);
    this.#parts.push(part);
  }
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HabError(launcherErrors.badMessage, "a line that is not JSON", { cause: error });
  }
  if (!isObject(value)) throw new HabError(launcherErrors.badMessage, "a line that is no JSON object");
  return value;
}

/** A request out of a parsed line. Throws HAB-LCH-007, with the name of what is wrong. */
export function parseRequest(line: Record<string, unknown>): Request {
  const { id } = line;
  if (!isCount(id)) throw wrong("a request without a number");
  switch (line["do"]) {
    case "register":
      if (!isCount(line["protocol"]) || !isCount(line["pid"])) throw wrong("register");
      return { id, do: "register", protocol: line["protocol"], pid: line["pid"] };
    case "spawn":
      return { id, do: "spawn", service: parseService(line["service"]) };
    case "terminate": {
      const { pid, signal, timeoutMs } = line;
      if (!isCount(pid) || !isOptional(signal, isString) || !isOptional(timeoutMs, isCount))
        throw wrong("terminate");
      return {
        id,
        do: "terminate",
        pid,
        ...(signal === undefined ? {} : { signal }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      };
    }
    case "services":
    case "alive":
    case "slots":
    case "pardon":
      return { id, do: line["do"] };
    case "serving": {
      const { untaken } = line;
      if (!isOptional(untaken, isStrings)) throw wrong("serving");
      return { id, do: "serving", ...(untaken === undefined ? {} : { untaken }) };
    }
    case "offer": {
      const { program } = line;
      if (!isProgram(program)) throw wrong("offer");
      return { id, do: "offer", program: { name: program.name, path: program.path } };
    }
    case "lines": {
      const { group, after, waitMs } = line;
      if (!isOptional(group, isString) || !isCount(after) || !isCount(waitMs)) throw wrong("lines");
      return { id, do: "lines", after, waitMs, ...(group === undefined ? {} : { group }) };
    }
    default:
      throw wrong(`the unknown request ${JSON.stringify(line["do"])}`);
  }
}

function parseService(value: unknown): ServiceSpec {
  if (!isObject(value)) throw wrong("spawn: no service");
  const { group, command, env, cwd, user, stopSignal, stopTimeoutMs } = value;
  if (!isString(group) || group === "") throw wrong("spawn: no service group");
  if (!Array.isArray(command) || command.length === 0 || !command.every(isString))
    throw wrong("spawn: command");
  if (!isObject(env) || !Object.values(env).every(isString)) throw wrong("spawn: env");
  if (!isOptional(cwd, isString)) throw wrong("spawn: cwd");
  if (!isOptional(user, isIdentity)) throw wrong("spawn: user");
  if (!isOptional(stopSignal, isString)) throw wrong("spawn: stopSignal");
  if (!isOptional(stopTimeoutMs, isCount)) throw wrong("spawn: stopTimeoutMs");
  return {
    group,
    command,
    env: env as Record<string, string>,
    ...(cwd === undefined ? {} : { cwd }),
    ...(user === undefined ? {} : { user }),
    ...(stopSignal === undefined ? {} : { stopSignal }),
    ...(stopTimeoutMs === undefined ? {} : { stopTimeoutMs }),
  };
}

function wrong(what: string): HabError {
  return new HabError(launcherErrors.badMessage, `not understood: ${what}`);
}

export function isProgram(value: unknown): value is Program {
  return isObject(value) && isString(value["name"]) && value["name"] !== "" && isPath(value["path"]);
}

function isPath(value: unknown): value is string {
  return isString(value) && value.startsWith("/") && !value.includes("\0");
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isString);
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | undefined {
  return value === undefined || is(value);
}

function isIdentity(value: unknown): value is Identity {
  return (
    isObject(value) &&
    isCount(value["uid"]) &&
    isCount(value["gid"]) &&
    Array.isArray(value["groups"]) &&
    value["groups"].every(isCount)
  );
}
