// The launcher: the small parent that outlives the Supervisor (reference/supervisor.md §1, §9, §10). It starts the
// Supervisor and, at its request, the services; replaces a Supervisor that ends; and at the end stops what remains.
// Everything happens on events; there is no tick.
import { describeError, HabError } from "../error/index.ts";
import {
  environmentValue,
  inheritedEnvironment,
  isProcessRunning,
  ownCommand,
  type ProcessExit,
  reapOrphans,
  startProcess,
  terminateGroup,
} from "../host/index.ts";
import { Console, lineFormat } from "./console.ts";
import { Door } from "./door.ts";
import { launcherErrors } from "./errors.ts";
import { LineTail } from "./line-tail.ts";
import { PID_VARIABLE, PIPE_VARIABLE, type Replies, type Request, type RequestName } from "./protocol.ts";
import { LauncherRecords } from "./records.ts";
import { judgeExit } from "./respawn.ts";
import { ServiceTable } from "./service-table.ts";
import { CONNECT_TIMEOUT_MS, MAX_LINES_WAIT_MS, SHUTDOWN_PATIENCE_MS } from "./timing.ts";

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
  readonly #records = new LauncherRecords();
  readonly #tail = new LineTail(Date.now);
  readonly #services: ServiceTable;
  readonly #stopping = new AbortController();
  #door: Door | undefined;
  #socketPath = "";
  #supervisor: { readonly pid: number; readonly startTime: number } | undefined;
  #registered: () => void = () => {};
  #progress: () => void = () => {};

  constructor(args: readonly string[]) {
    this.#args = args;
    this.#console = new Console(lineFormat(args, process.env));
    this.#services = new ServiceTable({
      console: this.#console,
      tail: this.#tail,
      keep: (services) => this.#records.keep(services),
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
        registered: () => this.#registered(),
      });
      const exitCode = await this.#superviseUntilStopped();
      await this.#services.stopAll();
      this.#console.remark("Hasta la vista, services.");
      return exitCode;
    } finally {
      signals.dispose();
      this.#door?.close();
      this.#records.close();
      await this.#console.flush();
    }
  }

  async #superviseUntilStopped(): Promise<number> {
    const { signal } = this.#stopping;
    let quickDeaths = 0;
    for (let first = true; ; first = false) {
      const begin = performance.now();
      const ended = await this.#runSupervisor(first);
      if (signal.aborted) return 0;
      if (ended.exit.code !== 84 && ended.exit.code !== 86 && first && !ended.registered) return 1;
      const verdict = judgeExit(ended.exit, performance.now() - begin, quickDeaths);
      if (verdict.kind === "stop") return verdict.exitCode;
      quickDeaths = verdict.quickDeaths;
      const after = verdict.delayMs === 0 ? "" : ` in ${verdict.delayMs / 1000} s`;
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
      case "lines":
        return this.#tail.readOrWait(
          request.group,
          request.after,
          Math.min(request.waitMs, MAX_LINES_WAIT_MS),
        );
    }
  }

  /** What a launcher that was killed left running can neither be read nor collected: it is stopped, in its own way. */
  async #stopLeftovers(): Promise<void> {
    await Promise.all(
      this.#records.leftovers().map(async ({ group, pid, startTime, stopSignal, stopTimeoutMs }) => {
        if (!isProcessRunning(pid, startTime)) return;
        this.#console.remark(`Stopping PID ${pid}, left behind by a launcher that was killed...`, group);
        await terminateGroup(pid, { signal: stopSignal, timeoutMs: stopTimeoutMs, startTime });
      }),
    );
  }

  #listenToSignals(): { dispose(): void } {
    const stop = () => this.#stop();
    const interrupt = () => {
      // A second ^C: whoever is at the keyboard will not wait for the Supervisor any longer.
      if (this.#stopping.signal.aborted) this.#killSupervisor("interrupted again");
      else this.#stop();
    };
    const reload = () => {
      if (this.#supervisor !== undefined) kill(this.#supervisor.pid, "SIGHUP");
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
    this.#progress = () => {
      clearTimeout(timer);
      timer = setTimeout(
        () => this.#killSupervisor("it makes no progress with the shutdown"),
        this.#services.longestStopTimeoutMs() + SHUTDOWN_PATIENCE_MS,
      );
      timer.unref();
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
