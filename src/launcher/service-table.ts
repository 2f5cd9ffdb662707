// The service processes: children of the launcher, so that they live on when Supervisors come and go.
import { describeError, HabError } from "../error/index.ts";
import {
  environmentForServices,
  isProcessRunning,
  type ProcessOutput,
  signalNumber,
  startProcess,
  type TerminationResult,
  terminateGroup,
} from "../host/index.ts";
import type { Console } from "./console.ts";
import { launcherErrors } from "./errors.ts";
import type { LineTail } from "./line-tail.ts";
import type { ExitedEvent, ServiceProcess, ServiceSpec } from "./protocol.ts";
import type { ServiceRecord } from "./records.ts";
import { DEFAULT_STOP_TIMEOUT_MS } from "./timing.ts";

/** Texts of §10 for how a service ended at shutdown. */
const METHODS: Readonly<Record<TerminationResult, string>> = {
  "already-exited": "Already Exited",
  graceful: "Graceful Termination",
  killed: "Killed",
};

interface Entry {
  readonly process: ServiceProcess;
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
  /** Resolves when it has ended and was collected. */
  readonly ended: Promise<void>;
}

export interface ServiceTableOptions {
  readonly console: Console;
  readonly tail: LineTail;
  /** Called with what runs after every change. */
  readonly keep: (services: readonly ServiceRecord[]) => void;
  /** Told of each end; answers whether a Supervisor has heard it. */
  readonly exited: (event: ExitedEvent) => boolean;
}

export class ServiceTable {
  readonly #options: ServiceTableOptions;
  readonly #running = new Map<string, Entry>();
  /** Groups whose process is being started: a second request for them must not start another. */
  readonly #starting = new Map<string, Promise<unknown>>();
  /** Being stopped with their groups, by pid. */
  readonly #stopping = new Set<number>();
  /** Ended while no Supervisor was connected, by group, until one has asked. */
  readonly #unheard = new Map<string, ServiceProcess>();

  constructor(options: ServiceTableOptions) {
    this.#options = options;
  }

  /** Starts a service process. Throws HAB-LCH-005 when its group has one, HAB-HST-… when it cannot be started. */
  async spawn(spec: ServiceSpec): Promise<ServiceProcess> {
    const present = this.#running.get(spec.group);
    if (present !== undefined || this.#starting.has(spec.group))
      throw new HabError(
        launcherErrors.alreadyStarted,
        `${spec.group} already runs${present === undefined ? "" : ` (pid ${present.process.pid})`}`,
      );
    const started = this.#start(spec);
    this.#starting.set(spec.group, started);
    try {
      return await started;
    } finally {
      this.#starting.delete(spec.group);
    }
  }

  async #start(spec: ServiceSpec): Promise<ServiceProcess> {
    const started = await startProcess({
      command: spec.command,
      env: { ...environmentForServices(), ...spec.env },
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...(spec.user === undefined ? {} : { user: spec.user }),
      stdout: "pipe",
      stderr: "pipe",
      name: spec.group,
    });
    void this.#print(spec.group, "stdout", started.stdout);
    void this.#print(spec.group, "stderr", started.stderr);
    const process: ServiceProcess = {
      group: spec.group,
      pid: started.pid,
      startTime: started.startTime,
      startedAt: Date.now(),
      ...(spec.user === undefined ? {} : { user: spec.user }),
    };
    const stopSignal = spec.stopSignal ?? "TERM";
    const stopTimeoutMs = spec.stopTimeoutMs ?? DEFAULT_STOP_TIMEOUT_MS;
    const ended = started.exited.then(async ({ code, signal }) => {
      // However soon it ended: the reply to who asked for it goes out first.
      await afterReplies();
      // Compat: the original's words, in which a signal is a code too.
      const how = signal === null ? `exit status: ${code}` : `signal: ${signalNumber(signal)} (${signal})`;
      this.#options.console.remark(
        `Child for service '${spec.group}' with PID ${process.pid} exited with code ${how}`,
      );
      if (!this.#stopping.has(process.pid)) await this.#endRest(process, stopSignal, stopTimeoutMs);
      this.#running.delete(spec.group);
      const { group, pid, startTime } = process;
      if (!this.#options.exited({ event: "exited", group, pid, startTime, code, signal }))
        this.#unheard.set(group, { ...process, exit: { code, signal } });
      this.#keep();
    });
    this.#unheard.delete(spec.group);
    this.#running.set(spec.group, {
      process,
      stopSignal,
      stopTimeoutMs,
      ended,
    });
    this.#keep();
    return process;
  }

  /**
   * Ends what a service that ended by itself left in its process group: workers without their master would hold its port and
   * its files against the next start.
   */
  async #endRest(
    { group, pid, startTime }: ServiceProcess,
    signal: string,
    timeoutMs: number,
  ): Promise<void> {
    try {
      const result = await terminateGroup(pid, { signal, timeoutMs, startTime });
      if (result !== "already-exited")
        this.#options.console.remark(`Stopped what PID ${pid} left running: ${METHODS[result]}`, group);
    } catch (error) {
      this.#options.console.remark(
        `Cannot stop what PID ${pid} left running: ${describeError(error)}`,
        group,
      );
    }
  }

  /** Stops the service process `pid` with its process group; signal and timeout are its own where not given. */
  async terminate(pid: number, signal?: string, timeoutMs?: number): Promise<TerminationResult> {
    for (const entry of this.#running.values()) {
      if (entry.process.pid !== pid) continue;
      this.#stopping.add(pid);
      const result = await terminateGroup(pid, {
        signal: signal ?? entry.stopSignal,
        timeoutMs: timeoutMs ?? entry.stopTimeoutMs,
        startTime: entry.process.startTime,
      }).finally(() => this.#stopping.delete(pid));
      // A process that even SIGKILL does not end (it hangs in the kernel) is not waited for.
      if (!isProcessRunning(pid, entry.process.startTime)) await entry.ended;
      return result;
    }
    return "already-exited";
  }

  /** The table for a Supervisor: what runs, and what ended unheard (told only once). */
  describe(): ServiceProcess[] {
    const all = [...this.#unheard.values(), ...[...this.#running.values()].map(({ process }) => process)];
    this.#unheard.clear();
    return all;
  }

  /** How many run. */
  get count(): number {
    return this.#running.size;
  }

  /** The longest time a running service may take to stop, in milliseconds. */
  longestStopTimeoutMs(): number {
    return Math.max(0, ...[...this.#running.values()].map(({ stopTimeoutMs }) => stopTimeoutMs));
  }

  /** Stops everything that runs, all at once, each in its own way and time. */
  async stopAll(): Promise<void> {
    await Promise.allSettled(this.#starting.values());
    await Promise.all(
      [...this.#running.values()].map(async ({ process: { group, pid } }) => {
        this.#options.console.remark("Stopping...", group);
        const result = await this.terminate(pid).catch((error: unknown) => describeError(error));
        this.#options.console.remark(`Shutdown OK: ${METHODS[result as TerminationResult] ?? result}`, group);
      }),
    );
  }

  async #print(group: string, stream: "stdout" | "stderr", output: ProcessOutput): Promise<void> {
    try {
      for await (const lines of output.lineBatches()) {
        this.#options.tail.add(group, stream, lines);
        await this.#options.console.serviceLines(group, stream, lines);
      }
    } catch (error) {
      this.#options.console.remark(`Lost the ${stream} of ${group}: ${describeError(error)}`);
    }
  }

  #keep(): void {
    const services = [...this.#running.values()].map(({ process, stopSignal, stopTimeoutMs }) => {
      const { group, pid, startTime } = process;
      return { group, pid, startTime, stopSignal, stopTimeoutMs };
    });
    this.#options.keep(services);
  }
}

/** Resolves after everything that waits on promises already settled has run. */
function afterReplies(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
