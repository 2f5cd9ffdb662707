// The Supervisor's end of the connection to its launcher.
import { HabError } from "../error/index.ts";
import { environmentValue, isProcessRunning, type TerminationResult, terminateGroup } from "../host/index.ts";
import { adoptOutput } from "./adopt-output.ts";
import { Console, lineFormat } from "./console.ts";
import { launcherErrors } from "./errors.ts";
import type { TailAnswer } from "./line-tail.ts";
import {
  type ExitedEvent,
  encodeLine,
  isObject,
  LineDecoder,
  PID_VARIABLE,
  PIPE_VARIABLE,
  PROTOCOL_VERSION,
  type Program,
  type Replies,
  type Request,
  type RequestName,
  type Requests,
  type ServiceProcess,
  type ServiceSpec,
  SLOTS_VERSION,
  type SlotsReport,
} from "./protocol.ts";
import { DEFAULT_STOP_TIMEOUT_MS, REPLY_TIMEOUT_MS } from "./timing.ts";

export interface LauncherEvents {
  /** A service process has ended, for whatever reason. */
  exited?(exit: ServiceExit): void;
  /** Stop the services, then exit. */
  shutdown?(): void;
  /**
   * The launcher was killed. Stop the services (`terminate` works without a launcher) and exit: their output has no
   * reader any more and nobody would start them again.
   */
  lost?(): void;
  /** The Supervisor was on trial and is not any more: it is the one that stays. */
  proved?(): void;
}

export type ServiceExit = Omit<ExitedEvent, "event">;

/** May be used by many callers at once. After the launcher is lost everything but `terminate` throws HAB-LCH-003. */
export interface LauncherClient {
  readonly launcherPid: number;
  /** Who is told from now on; events that came before are told at once. */
  listen(events: LauncherEvents): void;
  /** Starts a service process. Throws HAB-LCH-005 when its group has one, and HAB-HST-… when it cannot be started. */
  spawn(service: ServiceSpec): Promise<{ readonly pid: number; readonly startTime: number }>;
  /** Stops a service process with its group: `signal`, then after `timeoutMs` SIGKILL. Resolves when all is gone. */
  terminate(pid: number, signal?: string, timeoutMs?: number): Promise<TerminationResult>;
  /** What runs, whichever Supervisor had it started, and (once) what ended unheard between Supervisors. */
  services(): Promise<readonly ServiceProcess[]>;
  /** Pid of the process of a service group, or undefined when none runs. */
  pidOf(group: string): Promise<number | undefined>;
  /**
   * Tells the launcher that the Supervisor now does what it is there for; `untaken` are service groups whose processes run and
   * should, and that it could not take over. Never throws.
   */
  serving(untaken: readonly string[]): Promise<void>;
  /** What the launcher knows of programs for a Supervisor; undefined from one that knows nothing of it. */
  slots(): Promise<SlotsReport | undefined>;
  /** Has the launcher start this program next, on trial. Throws HAB-LCH-011, -012 when it will not. */
  offer(program: Program): Promise<void>;
  /** Lets programs that were refused be offered again. */
  pardon(): Promise<void>;
  /** Lines of a service group, or of all, after a number; waits up to `waitMs` for some. */
  lines(group: string | undefined, after: number, waitMs: number): Promise<TailAnswer>;
  close(): void;
}

/**
 * Registers with the launcher that HAB_LAUNCHER_PIPE and HAB_LAUNCHER_PID name. Throws HAB-LCH-002 when they do not,
 * HAB-LCH-003 when it does not answer, HAB-LCH-008 when it has a Supervisor.
 */
export async function connectToLauncher(): Promise<LauncherClient> {
  const path = environmentValue(PIPE_VARIABLE);
  const pid = Number(environmentValue(PID_VARIABLE));
  if (path === undefined || !Number.isInteger(pid) || pid <= 0)
    throw new HabError(
      launcherErrors.noLauncher,
      `${PIPE_VARIABLE} and ${PID_VARIABLE} are not set by a launcher`,
    );
  const client = new Client(pid);
  await client.connect(path);
  return client;
}

interface Waiting {
  resolve(ok: unknown): void;
  reject(error: unknown): void;
}

type Told =
  | { readonly kind: "exited"; readonly exit: ServiceExit }
  | { readonly kind: "shutdown" | "lost" | "proved" };

class Client implements LauncherClient {
  readonly launcherPid: number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #decoder = new LineDecoder();
  /** The processes we know, by pid, to stop them without a launcher. */
  readonly #processes = new Map<number, { readonly group: string; readonly startTime: number }>();
  #socket: Bun.Socket | undefined;
  #output: Uint8Array[] = [];
  #nextId = 1;
  #events: LauncherEvents | undefined;
  #untold: Told[] = [];
  #closed = false;
  #lost = false;
  /** Version both speak. */
  #protocol = 0;

  constructor(launcherPid: number) {
    this.launcherPid = launcherPid;
  }

  async connect(path: string): Promise<void> {
    try {
      this.#socket = await Bun.connect({
        unix: path,
        socket: {
          data: (_, chunk) => this.#received(chunk),
          drain: () => this.#flush(),
          close: () => this.#ended(),
          error: () => {},
        },
      });
    } catch (error) {
      throw new HabError(launcherErrors.launcherGone, `cannot connect to the launcher at ${path}`, {
        cause: error,
      });
    }
    const { protocol } = await this.#ask("register", { protocol: PROTOCOL_VERSION, pid: process.pid });
    this.#protocol = protocol;
  }

  listen(events: LauncherEvents): void {
    this.#events = events;
    const untold = this.#untold;
    this.#untold = [];
    for (const told of untold) this.#tellNow(told);
  }

  async spawn(service: ServiceSpec): Promise<{ pid: number; startTime: number }> {
    const started = await this.#ask("spawn", { service });
    this.#processes.set(started.pid, { group: service.group, startTime: started.startTime });
    return started;
  }

  async terminate(pid: number, signal?: string, timeoutMs?: number): Promise<TerminationResult> {
    try {
      const words = {
        pid,
        ...(signal === undefined ? {} : { signal }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      };
      return (await this.#ask("terminate", words)).result;
    } catch (error) {
      if (!this.#lost) throw error;
    }
    const startTime = this.#processes.get(pid)?.startTime;
    return terminateGroup(pid, {
      signal: signal ?? "TERM",
      timeoutMs: timeoutMs ?? DEFAULT_STOP_TIMEOUT_MS,
      ...(startTime === undefined ? {} : { startTime }),
    });
  }

  async services(): Promise<readonly ServiceProcess[]> {
    const { services } = await this.#ask("services", {});
    for (const { group, pid, startTime, exit } of services)
      if (exit === undefined) this.#processes.set(pid, { group, startTime });
    return services;
  }

  async pidOf(group: string): Promise<number | undefined> {
    const services = await this.services();
    return services.find((service) => service.group === group && service.exit === undefined)?.pid;
  }

  async serving(untaken: readonly string[]): Promise<void> {
    // A launcher that is older than this word, or gone, needs none.
    await this.#ask("serving", untaken.length === 0 ? {} : { untaken }).catch(() => {});
  }

  async slots(): Promise<SlotsReport | undefined> {
    return this.#protocol < SLOTS_VERSION ? undefined : await this.#ask("slots", {});
  }

  async offer(program: Program): Promise<void> {
    if (this.#protocol < SLOTS_VERSION)
      throw new HabError(launcherErrors.launcherTooOld, `the launcher does not take ${program.name}`);
    await this.#ask("offer", { program });
  }

  async pardon(): Promise<void> {
    if (this.#protocol >= SLOTS_VERSION) await this.#ask("pardon", {});
  }

  lines(group: string | undefined, after: number, waitMs: number): Promise<TailAnswer> {
    return this.#ask("lines", { after, waitMs, ...(group === undefined ? {} : { group }) });
  }

  close(): void {
    this.#closed = true;
    this.#socket?.end();
  }

  #ask<Name extends RequestName>(name: Name, words: Requests[Name]): Promise<Replies[Name]> {
    if (this.#lost || this.#closed) return Promise.reject(gone());
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    try {
      this.#output.push(encodeLine({ id, do: name, ...words } as Request));
    } catch (error) {
      return Promise.reject(error);
    }
    this.#waiting.set(id, { resolve, reject });
    this.#flush();
    if (name === "spawn" || name === "terminate" || name === "lines" || name === "offer")
      return promise as Promise<Replies[Name]>;
    // Answered from memory: a launcher that takes longer is stuck.
    const timer = setTimeout(() => {
      this.#waiting.delete(id);
      reject(new HabError(launcherErrors.launcherGone, `the launcher does not answer (${name})`));
    }, replyTimeoutMs());
    return promise.finally(() => clearTimeout(timer)) as Promise<Replies[Name]>;
  }

  #received(chunk: Uint8Array): void {
    let lines: Record<string, unknown>[];
    try {
      lines = this.#decoder.push(chunk);
    } catch {
      this.#socket?.terminate();
      return;
    }
    for (const line of lines) {
      if (typeof line["event"] === "string") this.#event(line);
      else this.#answer(line);
    }
  }

  #answer(line: Record<string, unknown>): void {
    const id = line["id"] as number;
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    const { error } = line;
    if (isObject(error)) waiting?.reject(toldError(error));
    else waiting?.resolve(line["ok"]);
  }

  #event(line: Record<string, unknown>): void {
    const { event } = line;
    if (event === "shutdown" || event === "proved") this.#tell({ kind: event });
    if (line["event"] === "ping") void this.#ask("alive", {}).catch(() => {});
    if (line["event"] !== "exited") return;
    const { event: _kind, ...exit } = line as unknown as ExitedEvent;
    this.#processes.delete(exit.pid);
    this.#tell({ kind: "exited", exit });
  }

  /** Told in order, but after whoever waits for a reply that came before has gone on. */
  #tell(told: Told): void {
    setImmediate(() => this.#tellNow(told));
  }

  #tellNow(told: Told): void {
    if (this.#events === undefined) this.#untold.push(told);
    else if (told.kind === "exited") this.#events.exited?.(told.exit);
    else this.#events[told.kind]?.();
  }

  #flush(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    for (let first = this.#output[0]; first !== undefined; first = this.#output[0]) {
      const taken = socket.write(first);
      if (taken < first.length) {
        if (taken > 0) this.#output[0] = first.subarray(taken);
        return;
      }
      this.#output.shift();
    }
  }

  #ended(): void {
    if (this.#lost) return;
    this.#lost = true;
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
    if (this.#closed) return;
    const console = new Console(lineFormat(process.argv, process.env));
    for (const [pid, { group, startTime }] of this.#processes)
      if (isProcessRunning(pid, startTime)) adoptOutput(group, pid, console);
    this.#tell({ kind: "lost" });
  }
}

function replyTimeoutMs(): number {
  const milliseconds = Number(environmentValue("HAB_LAUNCHER_INTERACTION_TIMEOUT_MS"));
  return Number.isInteger(milliseconds) && milliseconds > 0 ? milliseconds : REPLY_TIMEOUT_MS;
}

function gone(): HabError {
  return new HabError(launcherErrors.launcherGone, "the launcher is gone");
}

/** An error as the launcher told it: its code, text and way out stay. */
function toldError(error: Record<string, unknown>): HabError {
  const text = (name: string) => (typeof error[name] === "string" ? error[name] : "");
  const known = Object.values(launcherErrors).find(({ code }) => code === text("code"));
  const kind = known ?? { ...launcherErrors.refused, code: text("code") || launcherErrors.refused.code };
  return new HabError(kind, text("message"), { next: text("next") || kind.remedy });
}
