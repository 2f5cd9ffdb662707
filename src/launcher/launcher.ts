// The launcher: the small parent that outlives the Supervisor (reference/supervisor.md §1, §9, §10). It starts the
// Supervisor and, at its request, the services; replaces a Supervisor that ends; and at the end stops what remains.
// Everything happens on events; there is no tick.
import { describeError, HabError } from "../error/index.ts";
import {
  environmentValue,
  inheritedEnvironment,
  type ProcessExit,
  reapOrphans,
  type StartedProcess,
  startProcess,
} from "../host/index.ts";
import { Console, lineFormat } from "./console.ts";
import { Door } from "./door.ts";
import { launcherErrors } from "./errors.ts";
import { leftoverPatienceMs, stopLeftovers } from "./leftovers.ts";
import { LineTail } from "./line-tail.ts";
import { Probation } from "./probation.ts";
import {
  PID_VARIABLE,
  PING_VERSION,
  PIPE_VARIABLE,
  PROGRAM_VARIABLE,
  type Program,
  type Replies,
  type Request,
  type RequestName,
  SLOTS_VERSION,
} from "./protocol.ts";
import { LauncherRecords, type ServiceRecord } from "./records.ts";
import { describeExit, isFailure, judgeExit } from "./respawn.ts";
import { ServiceManager } from "./service-manager.ts";
import { ServiceTable } from "./service-table.ts";
import { listenToSignals } from "./signals.ts";
import { type NextSupervisor, SupervisorSlots } from "./supervisor-slots.ts";
import {
  CONNECT_TIMEOUT_MS,
  MAX_LINES_WAIT_MS,
  MAX_TRIAL_STARTS,
  SERVICE_MANAGER_MARGIN_MS,
  SHUTDOWN_PATIENCE_MS,
} from "./timing.ts";
import { programProblem } from "./try-out.ts";
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

/** How a Supervisor ended. */
interface SupervisorEnd {
  readonly exit: ProcessExit;
  readonly registered: boolean;
  /** Whether it had come to serve. */
  readonly isServing: boolean;
  /** Whether it was on trial and proved itself. */
  readonly proved: boolean;
  /** Why it could not even be started. */
  readonly problem?: unknown;
}

class Launcher {
  readonly #args: readonly string[];
  readonly #console: Console;
  readonly #manager = new ServiceManager();
  readonly #records = new LauncherRecords();
  readonly #tail = new LineTail(Date.now);
  readonly #services: ServiceTable;
  readonly #stopping = new AbortController();
  readonly #slots = new SupervisorSlots((content) => this.#console.remark(content));
  #probation: Probation | undefined;
  /** Why the Supervisor that ends now was killed. */
  #givenUp: string | undefined;
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
    this.#slots.open();
    const ignoreSignals = this.#listenToSignals();
    try {
      await this.#stopLeftovers();
      this.#socketPath = this.#records.socketPath();
      this.#door = new Door(this.#socketPath, {
        handle: (request) => this.#handle(request),
        registered: (protocol) => {
          this.#protocol = protocol;
          this.#registered();
          this.#vigil?.answered();
          this.#probation?.answered();
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
      ignoreSignals();
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
    /** Starts in a row of the good program that came to nothing. */
    let unconnected = 0;
    for (let first = true; ; first = false) {
      const begin = performance.now();
      const next = this.#slots.next(this.#args);
      const servedBefore = this.#hasServed;
      this.#hasServed = false;
      const ended = await this.#runSupervisor(next);
      const couldNotStart = servedBefore && !this.#hasServed;
      this.#hasServed ||= servedBefore;
      if (signal.aborted) return 0;
      if (next.onTrial && !ended.proved) {
        this.#judgeTrial(ended);
        quickDeaths = 0;
        continue;
      }
      const neverConnected = isFailure(ended.exit) && !ended.registered;
      if (next.program !== undefined && neverConnected) {
        unconnected += 1;
        if (this.#isGoodLost(ended, unconnected)) continue;
      } else unconnected = 0;
      if (ended.problem !== undefined) {
        if (first) throw ended.problem;
        this.#console.remark(describeError(ended.problem));
      }
      if (first && neverConnected && next.program === undefined) return 1;
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

  /**
   * Whether the good program is given up: spoiled or removed since it proved itself, or not coming up any more. The launcher's own is
   * one that runs for certain.
   */
  #isGoodLost({ exit, problem }: SupervisorEnd, unconnected: number): boolean {
    if (problem !== undefined) return this.#slots.loseGood(describeError(problem));
    if (unconnected < MAX_TRIAL_STARTS) return false;
    const last = this.#givenUp ?? `it ${describeExit(exit)}`;
    return this.#slots.loseGood(`it did not connect ${unconnected} times in a row; the last time ${last}`);
  }

  /** What the end of a Supervisor on trial means for the release it is of. */
  #judgeTrial({ exit, isServing, problem }: SupervisorEnd): void {
    if (exit.code === 0 && isServing) {
      this.#manager.reloading("Restarting the Supervisor");
      this.#console.remark("Launcher will attempt to reload the supervisor, which is still on trial");
      this.#slots.restartTrial();
      return;
    }
    const when = isServing ? "within its time of trial" : "before it served";
    const reason = problem === undefined ? `it ${describeExit(exit)} ${when}` : describeError(problem);
    this.#slots.fail(this.#givenUp ?? reason);
    this.#manager.status("A new Supervisor did not prove itself; going back to the one before");
  }

  /** Starts one Supervisor and waits for its end. One that does not register in time is killed. */
  async #runSupervisor({ command, program, onTrial }: NextSupervisor): Promise<SupervisorEnd> {
    let started: StartedProcess;
    try {
      const problem = program && programProblem(program.path);
      if (problem !== undefined) throw new HabError(launcherErrors.notTried, problem);
      started = await startProcess({
        command,
        env: {
          ...inheritedEnvironment(),
          [PIPE_VARIABLE]: this.#socketPath,
          [PID_VARIABLE]: String(process.pid),
          [PROGRAM_VARIABLE]: program?.path ?? "",
        },
        stdout: "inherit",
        stderr: "inherit",
        name: "the Supervisor",
      });
    } catch (problem) {
      return { exit: { code: 1, signal: null }, registered: false, isServing: false, proved: false, problem };
    }
    this.#supervisor = started;
    this.#givenUp = undefined;
    this.#keep();
    let registered = false;
    let proved = false;
    const timeoutMs = connectTimeoutMs();
    const tooLate = setTimeout(() => {
      this.#killSupervisor(`it did not connect within the IPC connection timeout of ${timeoutMs} ms`);
    }, timeoutMs);
    this.#registered = () => {
      registered = true;
      clearTimeout(tooLate);
      if (this.#stopping.signal.aborted) this.#door?.announce({ event: "shutdown" });
    };
    const probation =
      onTrial && program !== undefined ? this.#beginTrial(program, () => (proved = true)) : undefined;
    this.#probation = probation;
    const exit = await started.exited;
    clearTimeout(tooLate);
    this.#registered = () => {};
    this.#supervisor = undefined;
    const isServing = this.#isServing;
    this.#isServing = false;
    this.#vigil?.forget();
    probation?.close();
    this.#probation = undefined;
    // An end in order is nothing that speaks against it.
    if (probation?.isServing === true && this.#stopping.signal.aborted) this.#slots.restartTrial();
    this.#keep();
    this.#collectOrphans();
    return { exit, registered, isServing, proved };
  }

  #beginTrial({ name }: Program, proved: () => void): Probation {
    this.#console.remark(`Starting ${name} as the Supervisor, on trial`);
    return new Probation({
      ask: () => this.#ask(),
      proved: () => {
        proved();
        this.#slots.prove();
        this.#console.remark(`${name} has proved itself as the Supervisor`);
        if (this.#protocol >= SLOTS_VERSION) this.#door?.announce({ event: "proved" });
      },
      failed: (reason) => {
        if (!this.#stopping.signal.aborted) this.#killSupervisor(reason);
      },
    });
  }

  /** Asks the Supervisor for a sign of life; false when none is there that could be asked. */
  #ask(): boolean {
    return this.#protocol >= PING_VERSION && this.#door?.announce({ event: "ping" }) === true;
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
        this.#probation?.serving(request.untaken ?? []);
        return {};
      case "alive":
        this.#vigil?.answered();
        this.#probation?.answered();
        return {};
      case "slots":
        return this.#slots.report();
      case "offer":
        await this.#slots.offer(request.program);
        return {};
      case "pardon":
        this.#slots.pardon();
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
      ask: () => this.#ask(),
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

  #listenToSignals(): () => void {
    return listenToSignals({
      stop: () => this.#stop(),
      interrupt: () => {
        // A second ^C: whoever is at the keyboard will not wait for the Supervisor any longer.
        if (this.#stopping.signal.aborted) this.#killSupervisor("interrupted again");
        else this.#stop();
      },
      reload: () => {
        if (this.#supervisor === undefined) return;
        this.#manager.reloading("Restarting the Supervisor");
        kill(this.#supervisor.pid, "SIGHUP");
      },
      collect: () => this.#collectOrphans(),
    });
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
    this.#givenUp = reason;
    this.#console.remark(`Killing the Supervisor (PID ${this.#supervisor.pid}): ${reason}`);
    kill(this.#supervisor.pid, "SIGKILL");
  }

  #collectOrphans(): void {
    if (process.pid === 1) reapOrphans();
  }
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
