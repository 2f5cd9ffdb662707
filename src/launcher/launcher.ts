// The launcher: the small parent that outlives the Supervisor (reference/supervisor.md §1, §9, §10). It starts the
// Supervisor and, at its request, the services; replaces a Supervisor that ends; and at the end stops what remains.
// Everything happens on events; there is no tick.
import { describeError, HabError } from "../error/index.ts";
import {
  environmentValue,
  inheritedEnvironment,
  ownCommand,
  type ProcessExit,
  reapOrphans,
  startProcess,
} from "../host/index.ts";
import { Console, lineFormat } from "./console.ts";
import { Door } from "./door.ts";
import { launcherErrors } from "./errors.ts";
import { leftoverPatienceMs, stopLeftovers } from "./leftovers.ts";
import { LineTail } from "./line-tail.ts";
import {
  PID_VARIABLE,
  PING_VERSION,
  PIPE_VARIABLE,
  type Replies,
  type Request,
  type RequestName,
} from "./protocol.ts";
import { LauncherRecords, type ServiceRecord } from "./records.ts";
import { judgeExit } from "./respawn.ts";
import { ServiceManager } from "./service-manager.ts";
import { ServiceTable } from "./service-table.ts";
import {
  CONNECT_TIMEOUT_MS,
  MAX_LINES_WAIT_MS,
  SERVICE_MANAGER_MARGIN_MS,
  SHUTDOWN_PATIENCE_MS,
} from "./timing.ts";
import { Vigil } from "./vigil.ts";

/**
 * Runs the launcher until everything has ended and gives the exit code: 0, 86 from the Supervisor, or 1 when the first
 * Supervisor did not come up. `args` are the Supervisor's (`run …` without the `run`). Throws HAB-LCH-001 and -009
 * before anything was started.
 */
export async function runLauncher(args: readonly string[]): Promise<number> {
  const launcher = new Launcher(args);
  return launcher.run();
}

class Launcher {
  readonly #args: readonly string[];
  readonly #console: Console;
  readonly #manager = new ServiceManager();
  readonly #records = new LauncherRecords();
  readonly #tail = new LineTail(Date.now);
  readonly #services: ServiceTable;
  readonly #stopping = new AbortController();
  #door: Door | undefined;
  #socketPath = "";
  #supervisor: { readonly pid: number; readonly startTime: number } | undefined;
  #recorded: readonly ServiceRecord[] = [];
  #vigil: Vigil | undefined;
  #isServing = false;
  /** Some Supervisor of ours has served: what runs is worth keeping. */
  #hasServed = false;
  /** Version the connected Supervisor speaks. */
  #protocol = 0;
  #registered: () => void = () => {};
  #progress: () => void = () => {};

  constructor(args: readonly string[]) {
    this.#args = args;
    this.#console = new Console(lineFormat(args, process.env));
    this.#services = new ServiceTable({
      console: this.#console,
      tail: this.#tail,
      keep: (services) => {
        this.#recorded = services;
        this.#keep();
        this.#tellStatus();
      },
      exited: (event) => {
        this.#progress();
        this.#collectOrphans();
        return this.#door?.announce(event) ?? false;
      },
    });
  }

  async run(): Promise<number> {
    this.#records.open();
    const signals = this.#listenToSignals();
    try {
      await this.#stopLeftovers();
      this.#socketPath = this.#records.socketPath();
      this.#door = new Door(this.#socketPath, {
        handle: (request) => this.#handle(request),
        registered: (protocol) => {
          this.#protocol = protocol;
          this.#registered();
          this.#vigil?.answered();
        },
      });
      this.#keepVigil();
      const exitCode = await this.#superviseUntilStopped();
      this.#manager.stopping(
        "Stopping what remains",
        this.#services.longestStopTimeoutMs() + SERVICE_MANAGER_MARGIN_MS,
      );
      await this.#services.stopAll();
      this.#console.remark("Hasta la vista, services.");
      return exitCode;
    } finally {
      signals.dispose();
      this.#vigil?.close();
      this.#door?.close();
      this.#records.close();
      this.#manager.close();
      await this.#console.flush();
    }
  }

  async #superviseUntilStopped(): Promise<number> {
    const { signal } = this.#stopping;
    let quickDeaths = 0;
    for (let first = true; ; first = false) {
      const begin = performance.now();
      const servedBefore = this.#hasServed;
      this.#hasServed = false;
      const ended = await this.#runSupervisor(first);
      const couldNotStart = servedBefore && !this.#hasServed;
      this.#hasServed ||= servedBefore;
      if (signal.aborted) return 0;
      if (ended.exit.code !== 84 && ended.exit.code !== 86 && first && !ended.registered) return 1;
      const verdict = judgeExit(ended.exit, performance.now() - begin, quickDeaths, couldNotStart);
      if (verdict.kind === "stop") return verdict.exitCode;
      quickDeaths = verdict.quickDeaths;
      const after = verdict.delayMs === 0 ? "" : ` in ${verdict.delayMs / 1000} s`;
      // Code 0 is the wish to be replaced; after SIGHUP the service manager knows already.
      if (ended.exit.code === 0) this.#manager.reloading("Restarting the Supervisor");
      else this.#manager.status(`The Supervisor ${describeExit(ended.exit)}; starting the next one${after}`);
      this.#console.remark(
        `Launcher will attempt to reload the supervisor${after}: Supervisor process ${describeExit(ended.exit)}`,
      );
      await pause(verdict.delayMs, signal);
      if (signal.aborted) return 0;
    }
  }

  /** Starts one Supervisor and waits for its end. One that does not register in time is killed. */
  async #runSupervisor(first: boolean): Promise<{ exit: ProcessExit; registered: boolean }> {
    let started: Awaited<ReturnType<typeof startProcess>>;
    try {
      started = await startProcess({
        command: this.#supervisorCommand(),
        env: {
          ...inheritedEnvironment(),
          [PIPE_VARIABLE]: this.#socketPath,
          [PID_VARIABLE]: String(process.pid),
        },
        stdout: "inherit",
        stderr: "inherit",
        name: "the Supervisor",
      });
    } catch (error) {
      if (first) throw error;
      this.#console.remark(describeError(error));
      return { exit: { code: 1, signal: null }, registered: false };
    }
    this.#supervisor = started;
    this.#keep();
    let registered = false;
    const timeoutMs = connectTimeoutMs();
    const tooLate = setTimeout(() => {
      this.#console.remark(
        `Supervisor (PID ${started.pid}) did not connect within the IPC connection timeout of ${timeoutMs} ms; killing it`,
      );
      kill(started.pid, "SIGKILL");
    }, timeoutMs);
    this.#registered = () => {
      registered = true;
      clearTimeout(tooLate);
      if (this.#stopping.signal.aborted) this.#door?.announce({ event: "shutdown" });
    };
    const exit = await started.exited;
    clearTimeout(tooLate);
    this.#registered = () => {};
    this.#supervisor = undefined;
    this.#isServing = false;
    this.#vigil?.forget();
    this.#keep();
    this.#collectOrphans();
    return { exit, registered };
  }

  #supervisorCommand(): string[] {
    const binary = environmentValue("HAB_SUP_BINARY");
    return binary === undefined
      ? ownCommand(["hab-sup", "run", ...this.#args])
      : [binary, "run", ...this.#args];
  }

  async #handle(request: Exclude<Request, { do: "register" }>): Promise<Replies[RequestName]> {
    // Looking on is no progress.
    if (request.do !== "lines") this.#progress();
    switch (request.do) {
      case "spawn": {
        if (this.#stopping.signal.aborted)
          throw new HabError(launcherErrors.refused, `not starting ${request.service.group}: shutting down`);
        const { pid, startTime } = await this.#services.spawn(request.service);
        return { pid, startTime };
      }
      case "terminate":
        return { result: await this.#services.terminate(request.pid, request.signal, request.timeoutMs) };
      case "services":
        return { services: this.#services.describe() };
      case "serving":
        this.#isServing = true;
        this.#hasServed = true;
        this.#manager.ready(this.#servicesInWords());
        return {};
      case "alive":
        this.#vigil?.answered();
        return {};
      case "lines":
        return this.#tail.readOrWait(
          request.group,
          request.after,
          Math.min(request.waitMs, MAX_LINES_WAIT_MS),
        );
    }
  }

  /** Only a service manager that wants signs of life makes us ask for them. */
  #keepVigil(): void {
    const { watchdogMs } = this.#manager;
    if (watchdogMs === undefined) return;
    this.#vigil = new Vigil({
      watchdogMs,
      ask: () => this.#protocol >= PING_VERSION && this.#door?.announce({ event: "ping" }) === true,
      alive: () => this.#manager.alive(),
      hung: () => this.#killSupervisor("it does not answer"),
    });
  }

  #servicesInWords(): string {
    const count = this.#services.count;
    return count === 1 ? "1 service runs" : `${count} services run`;
  }

  #tellStatus(): void {
    if (this.#isServing && !this.#stopping.signal.aborted) this.#manager.status(this.#servicesInWords());
  }

  #keep(): void {
    const supervisor = this.#supervisor && {
      pid: this.#supervisor.pid,
      startTime: this.#supervisor.startTime,
    };
    try {
      this.#records.keep({ ...(supervisor && { supervisor }), services: this.#recorded });
    } catch (error) {
      // A full disk costs the next launcher its knowledge, never this one its services.
      this.#console.remark(`Cannot record the running services: ${describeError(error)}`);
    }
  }

  /** What a launcher that was killed left running can neither be read nor collected: it is stopped, in its own way. */
  async #stopLeftovers(): Promise<void> {
    const leftovers = this.#records.leftovers();
    this.#manager.extend(leftoverPatienceMs(leftovers) + SERVICE_MANAGER_MARGIN_MS);
    await stopLeftovers(leftovers, (content, group) => this.#console.remark(content, group));
  }

  #listenToSignals(): { dispose(): void } {
    const stop = () => this.#stop();
    const interrupt = () => {
      // A second ^C: whoever is at the keyboard will not wait for the Supervisor any longer.
      if (this.#stopping.signal.aborted) this.#killSupervisor("interrupted again");
      else this.#stop();
    };
    const reload = () => {
      if (this.#supervisor === undefined) return;
      this.#manager.reloading("Restarting the Supervisor");
      kill(this.#supervisor.pid, "SIGHUP");
    };
    const ignore = () => {};
    const collect = () => this.#collectOrphans();
    const handlers: [NodeJS.Signals, () => void][] = [
      ["SIGTERM", stop],
      ["SIGINT", interrupt],
      ["SIGHUP", reload],
      ["SIGQUIT", ignore],
      ["SIGALRM", ignore],
      ["SIGUSR1", ignore],
      ["SIGUSR2", ignore],
      // Only pid 1 gets children it did not start.
      ...(process.pid === 1 ? ([["SIGCHLD", collect]] as [NodeJS.Signals, () => void][]) : []),
    ];
    for (const [name, handler] of handlers) process.on(name, handler);
    return {
      dispose() {
        for (const [name, handler] of handlers) process.off(name, handler);
      },
    };
  }

  /** Begins the shutdown: the Supervisor stops its services in its own way and time, as long as it makes progress. */
  #stop(): void {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort();
    this.#door?.announce({ event: "shutdown" });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patienceMs = () => this.#services.longestStopTimeoutMs() + SHUTDOWN_PATIENCE_MS;
    this.#manager.stopping("Stopping services", patienceMs() + SERVICE_MANAGER_MARGIN_MS);
    this.#progress = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#killSupervisor("it makes no progress with the shutdown"), patienceMs());
      timer.unref();
      this.#manager.extend(patienceMs() + SERVICE_MANAGER_MARGIN_MS);
    };
    this.#progress();
  }

  #killSupervisor(reason: string): void {
    if (this.#supervisor === undefined) return;
    this.#console.remark(`Killing the Supervisor (PID ${this.#supervisor.pid}): ${reason}`);
    kill(this.#supervisor.pid, "SIGKILL");
  }

  #collectOrphans(): void {
    if (process.pid === 1) reapOrphans();
  }
}

function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `exited with an unexpected exit code: ${code}` : `was ended by ${signal}`;
}

function connectTimeoutMs(): number {
  const seconds = Number(environmentValue("HAB_LAUNCH_SUP_CONNECT_TIMEOUT_SECS"));
  return Number.isInteger(seconds) && seconds > 0 ? seconds * 1000 : CONNECT_TIMEOUT_MS;
}

/** Resolves after `delayMs` or when `signal` aborts. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs === 0 || signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  signal.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}
