// The process of a service's run hook: started and stopped through the launcher, known to hooks by its PID file
// (reference/services.md §8).
import { rm } from "node:fs/promises";
import { describeError } from "../../error/index.ts";
import { ownAccount, serviceIdentity } from "../../package/index.ts";
import type { ServicePackage } from "./package.ts";
import type { LaunchedProcess, ServiceHost } from "./ports.ts";
import { replaceFile } from "./replace-file.ts";

export interface ProcessState {
  readonly pid: number | undefined;
  readonly up: boolean;
  readonly enteredAtMs: number;
}

export interface RunProcessOptions {
  readonly group: string;
  readonly pkg: ServicePackage;
  readonly host: ServiceHost;
  /** It has ended by itself. */
  readonly ended: () => void;
  readonly say: (key: string, content: string) => void;
}

export class RunProcess {
  readonly #options: RunProcessOptions;
  #state: ProcessState;
  #upSinceMs = 0;
  #lastPid: number | undefined;

  constructor(options: RunProcessOptions) {
    this.#options = options;
    this.#state = { pid: undefined, up: false, enteredAtMs: options.host.now() };
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** The pid it has or had; undefined also after `forgetPid`. */
  get lastPid(): number | undefined {
    return this.#lastPid;
  }

  forgetPid(): void {
    this.#lastPid = undefined;
  }

  /** How long it has been up, in milliseconds. */
  get uptimeMs(): number {
    return this.#upSinceMs === 0 ? 0 : this.#options.host.now() - this.#upSinceMs;
  }

  /** Takes over a process that another Supervisor started; whether there is one. */
  async takeOver(): Promise<boolean> {
    const launched = await this.#options.host.launcher.running(this.#options.group);
    if (launched !== undefined) this.#setUp(launched);
    return launched !== undefined;
  }

  /** Starts it as the service's user. Throws when that fails. */
  async start(stopTimeoutSeconds: number): Promise<void> {
    const { pkg, host, group, say } = this.#options;
    const identity = serviceIdentity(pkg.account);
    const account = identity === undefined ? ownAccount() : pkg.account;
    if (identity === undefined) {
      say(
        "SV",
        `Current user (${account.user}) lacks sufficient capabilites to run services as a different user; running as self!`,
      );
    }
    say("SV", `Starting service as user=${account.user}, group=${account.group}`);
    const launched = await host.launcher.spawn({
      group,
      program: pkg.paths.run,
      env: pkg.env,
      ...(identity === undefined ? {} : { user: identity }),
      stopSignal: pkg.shutdownSignal,
      stopTimeoutMs: stopTimeoutSeconds * 1000,
    });
    this.#setUp(launched);
    await this.writePidFile();
  }

  async writePidFile(): Promise<void> {
    const { pid } = this.#state;
    if (pid === undefined) return;
    try {
      await replaceFile(this.#options.pkg.paths.pidFile, Buffer.from(String(pid)), { mode: 0o644 });
    } catch (error) {
      // The file is for hooks only; a full disk is no reason to take a running process for failed.
      this.#options.say("SV", `Unable to write PID file: ${describeError(error)}`);
    }
  }

  /** Stops it, if it is up, and waits until it is gone. Never rejects. */
  async stop(timeoutMs: number): Promise<void> {
    const { pid, up } = this.#state;
    if (pid !== undefined && up) await this.#terminate(pid, timeoutMs);
    this.#setDown();
  }

  async #terminate(pid: number, timeoutMs: number): Promise<void> {
    const { pkg, host, say } = this.#options;
    say("ST", `Terminating service (PID: ${pid})`);
    try {
      const result = await host.launcher.terminate(pid, pkg.shutdownSignal, timeoutMs);
      say("ST", `${TERMINATION_TEXTS[result]} (PID: ${pid})`);
    } catch (error) {
      say("ST", `Unable to terminate service (PID: ${pid}): ${describeError(error)}`);
    }
  }

  #setUp({ pid, exited }: LaunchedProcess): void {
    const { host, ended } = this.#options;
    this.#state = { pid, up: true, enteredAtMs: host.now() };
    this.#upSinceMs = host.now();
    this.#lastPid = pid;
    void exited.then(() => {
      if (this.#state.pid !== pid) return;
      this.#setDown();
      ended();
    });
  }

  #setDown(): void {
    const { host, pkg } = this.#options;
    if (this.#state.up || this.#state.pid !== undefined) {
      this.#state = { pid: undefined, up: false, enteredAtMs: host.now() };
      void rm(pkg.paths.pidFile, { force: true }).catch(() => {});
    }
    host.changed();
  }
}

const TERMINATION_TEXTS = {
  "already-exited": "Service already exited",
  graceful: "Service gracefully terminated",
  killed: "Service killed",
} as const;
