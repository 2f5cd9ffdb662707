// One supervised service: carries out the steps of plan/service.ts when something happened to it, one pass at a time
// (reference/services.md §7, §8). Whatever it waits for holds up nobody else.
import { rm } from "node:fs/promises";
import { describeError } from "../../error/index.ts";
import { formatIdent, ownAccount, serviceIdentity } from "../../package/index.ts";
import type { TomlTable } from "../../toml/index.ts";
import { type BindStatus, bindStatus, describeBind } from "../census/binds.ts";
import type { ElectionStatus } from "../census/census.ts";
import { memberJson } from "../census/json.ts";
import { formatBind, formatServiceGroup, type ServiceBind, type ServiceGroup } from "../group.ts";
import { PROGRAM } from "../output.ts";
import type { HealthResult } from "../plan/health.ts";
import {
  mergeChanges,
  NO_CHANGES,
  nextStep,
  type Phase,
  type RenderedChanges,
  type ServiceHook,
  type ServiceStep,
} from "../plan/service.ts";
import { healthIntervalMs, type ServiceSpec } from "../spec/spec.ts";
import type { ServiceConfig } from "./config.ts";
import { renderContext } from "./context.ts";
import { applyServiceFiles } from "./files.ts";
import { runHealthLoop } from "./health-loop.ts";
import type { ServicePackage } from "./package.ts";
import type { LaunchedProcess, ServiceHost } from "./ports.ts";
import { renderService } from "./render.ts";
import { replaceFile } from "./replace-file.ts";
import { describeHookFailure, type HookResult, runHook } from "./run-hook.ts";
import type { ServiceTemplates } from "./templates.ts";

export interface ServiceParts {
  readonly spec: ServiceSpec;
  readonly group: ServiceGroup;
  readonly pkg: ServicePackage;
  readonly config: ServiceConfig;
  readonly templates: ServiceTemplates;
}

export interface ProcessState {
  readonly pid: number | undefined;
  readonly up: boolean;
  readonly enteredAtMs: number;
}

export class Service {
  readonly group: string;
  readonly parts: ServiceParts;
  readonly #host: ServiceHost;
  /** Aborted when the service stops: ends waiting for hooks, which themselves run on. */
  readonly #life = new AbortController();
  #spec: ServiceSpec;
  #phase: Phase = "uninitialized";
  #process: ProcessState;
  #health: HealthResult = "Unknown";
  #changes: RenderedChanges = NO_CHANGES;
  #healthLoop: AbortController | undefined;
  #pass: Promise<void> | undefined;
  #again = false;
  #restarting = false;
  #userConfigTouched = false;
  #rendered = "";
  #bindStatus = new Map<string, BindStatus["kind"]>();
  #saidWaiting = false;
  #electionStatus: ElectionStatus = "None";
  #problems: readonly string[] = [];
  #upSinceMs = 0;

  constructor(parts: ServiceParts, host: ServiceHost) {
    this.parts = parts;
    this.group = formatServiceGroup(parts.group);
    this.#host = host;
    this.#spec = parts.spec;
    this.#process = { pid: undefined, up: false, enteredAtMs: host.now() };
  }

  get spec(): ServiceSpec {
    return this.#spec;
  }

  get initialized(): boolean {
    return this.#phase === "initialized";
  }

  get process(): ProcessState {
    return this.#process;
  }

  get cfg(): TomlTable {
    return this.parts.config.merged;
  }

  get electionStatus(): ElectionStatus {
    return this.#electionStatus;
  }

  /** Without a health-check hook the process is the measure (§10). */
  get health(): HealthResult {
    if (this.parts.templates.hooks.has("health-check") || !this.initialized) return this.#health;
    return this.#process.up ? "Ok" : "Critical";
  }

  /** What is wrong with its configuration or templates while the last good ones are in force. */
  get problems(): readonly string[] {
    return [...this.parts.config.problems, ...this.#problems];
  }

  /** How long the process has been up, in milliseconds. */
  get uptimeMs(): number {
    return this.#upSinceMs === 0 ? 0 : this.#host.now() - this.#upSinceMs;
  }

  /** Takes a spec that differs only in what updaters use. */
  exchangeSpec(spec: ServiceSpec): void {
    this.#spec = spec;
    this.#host.announce();
    this.#host.changed();
  }

  /** Something happened that may concern this service: look again. Calls during a pass lead to one more. */
  wake(): void {
    this.#again = true;
    this.#pass ??= this.#passes().finally(() => {
      this.#pass = undefined;
    });
  }

  /** user.toml appeared, changed or went. */
  userConfigChanged(): void {
    this.#userConfigTouched = true;
    this.wake();
  }

  async #passes(): Promise<void> {
    while (this.#again && !this.#ending) {
      this.#again = false;
      const started = performance.now();
      try {
        await this.#runPass();
      } catch (error) {
        this.#problems = [describeError(error)];
        this.#say("SR", `Service check failed: ${describeError(error)}`);
      }
      this.#host.metrics.observe(
        "hab_sup_run_loop_duration_seconds",
        (performance.now() - started) / 1000,
        "service",
      );
      this.#host.changed();
    }
  }

  get #ending(): boolean {
    return this.#life.signal.aborted || this.#restarting;
  }

  async #runPass(): Promise<void> {
    const unsatisfied = this.#checkBinds();
    if (!this.initialized && this.#spec.bindingMode === "strict" && unsatisfied) {
      if (!this.#saidWaiting) this.#say("SR", "Waiting for service binds...");
      this.#saidWaiting = true;
      return;
    }
    this.#saidWaiting = false;
    const dataChanged = await this.#updateConfig();
    await this.#render(dataChanged);
    await this.#updateFiles();
    if (dataChanged) this.#host.announce();
    const mayAct = this.#electionAllows();
    while (!this.#ending) {
      const step = nextStep({
        phase: this.#phase,
        processAlive: await this.#isAlive(),
        hasHook: (hook) => this.parts.templates.hooks.has(hook),
        changes: this.#changes,
        mayAct,
      });
      if (step === undefined || this.#ending) return;
      await this.#take(step);
      this.#host.changed();
    }
  }

  /** Whether some mapped bind is not satisfied; says what changed since it last looked. */
  #checkBinds(): boolean {
    let unsatisfied = false;
    for (const bind of this.#spec.binds) {
      const status = bindStatus(this.#host.census(), bind, this.#requiredExports(bind));
      if (status.kind !== "satisfied") unsatisfied = true;
      const key = formatBind(bind);
      if (this.#bindStatus.get(key) === status.kind) continue;
      this.#bindStatus.set(key, status.kind);
      this.#say("SR", describeBind(bind, status));
    }
    return unsatisfied;
  }

  #requiredExports({ name }: ServiceBind): readonly string[] {
    return this.parts.pkg.requiredBinds.get(name) ?? this.parts.pkg.optionalBinds.get(name) ?? [];
  }

  /** Takes in newer applied configuration and a changed user.toml; whether anything changed. */
  async #updateConfig(): Promise<boolean> {
    const applied = this.#host.census().groups.get(this.group)?.serviceConfig;
    let changed = applied !== undefined && this.parts.config.apply(applied.incarnation, applied.value);
    if (this.#userConfigTouched) {
      this.#userConfigTouched = false;
      const problem = await this.parts.config.reloadUser();
      if (problem === undefined) changed = true;
      else this.#say("SR", `Reloading user-config failed: ${problem}`);
    }
    return changed;
  }

  /** Renders when anything templates can see has changed since the last time. */
  async #render(dataChanged: boolean): Promise<void> {
    const visible = this.#visibleCensus();
    if (!dataChanged && visible === this.#rendered) return;
    const { parts } = this;
    const census = this.#host.census();
    const data = renderContext({
      sys: this.#host.sys,
      pkg: parts.pkg,
      cfg: parts.config.merged,
      group: parts.group,
      census,
      satisfiedBinds: this.#spec.binds.filter(
        (bind) => bindStatus(census, bind, this.#requiredExports(bind)).kind === "satisfied",
      ),
    });
    const result = await renderService(this.group, parts.pkg, parts.templates, data, this.#host.output);
    this.#rendered = visible;
    this.#problems = result.problems;
    this.#changes = mergeChanges(this.#changes, result.changes);
  }

  /** The part of the census this service's templates can see, as a text to compare. */
  #visibleCensus(): string {
    const { groups } = this.#host.census();
    const names = [this.group, ...this.#spec.binds.map((bind) => formatServiceGroup(bind.serviceGroup))];
    return names
      .map((name) => {
        const group = groups.get(name);
        if (group === undefined) return "";
        const { electionStatus, updateElectionStatus, leaderId, updateLeaderId } = group;
        const roles = [electionStatus, updateElectionStatus, leaderId, updateLeaderId].join(" ");
        return `${roles}${[...group.population.values()].map(memberFingerprint).join("")}`;
      })
      .join("\n");
  }

  async #updateFiles(): Promise<void> {
    const files = this.#host.census().groups.get(this.group)?.serviceFiles;
    if (files === undefined || files.size === 0) return;
    const written = await applyServiceFiles(this.group, this.parts.pkg, files, this.#host.output);
    if (written && this.initialized && !this.#ending) await this.#runHook("file-updated");
  }

  /** A leader topology acts only while its group has a finished election. */
  #electionAllows(): boolean {
    const status = this.#host.census().groups.get(this.group)?.electionStatus ?? "None";
    const changed = status !== this.#electionStatus;
    this.#electionStatus = status;
    if (this.#spec.topology === "standalone" || status === "ElectionFinished") return true;
    if (changed) this.#say("SR", `Waiting to execute hooks; ${ELECTION_TEXTS[status]}`);
    return false;
  }

  async #isAlive(): Promise<boolean> {
    if (this.#process.pid !== undefined) return this.#process.up;
    if (this.#phase !== "uninitialized") return false;
    const launched = await this.#host.launcher.running(this.group);
    if (launched !== undefined) this.#setUp(launched);
    return launched !== undefined;
  }

  async #take(step: ServiceStep): Promise<void> {
    switch (step.kind) {
      case "reattach":
        this.#host.output.line(PROGRAM, "SR", `Reattaching to ${this.group}`);
        this.#phase = "initialized";
        // Compat: what changed while nobody supervised is on disk, and neither restarts nor reconfigures (§17).
        this.#changes = NO_CHANGES;
        await this.#writePidFile();
        this.#startHealth();
        return;
      case "skip-init":
        this.#say("SR", "Initializing");
        this.#phase = "initializer-finished";
        return;
      case "initialize":
        this.#say("SR", "Initializing");
        this.#phase = "initializing";
        void this.#initialize();
        return;
      case "spawn":
        return this.#spawn();
      case "reconfigure":
        this.#changes = NO_CHANGES;
        await this.#runHook("reconfigure");
        if (!this.#ending) this.#startHealth();
        return;
      case "restart":
        this.#restarting = true;
        this.#host.restart({ reason: step.reason, pid: this.#lastPid });
    }
  }

  #lastPid: number | undefined;

  async #initialize(): Promise<void> {
    const { exit } = await this.#runHook("init");
    if (exit.kind === "abandoned") return;
    this.#phase = exit.kind === "code" && exit.code === 0 ? "initializer-finished" : "init-failed";
    this.#lastPid = undefined;
    this.wake();
  }

  async #spawn(): Promise<void> {
    const { pkg } = this.parts;
    try {
      const identity = serviceIdentity(pkg.account);
      const account = identity === undefined ? ownAccount() : pkg.account;
      if (identity === undefined) {
        this.#say(
          "SV",
          `Current user (${account.user}) lacks sufficient capabilites to run services as a different user; running as self!`,
        );
      }
      this.#say("SV", `Starting service as user=${account.user}, group=${account.group}`);
      const launched = await this.#host.launcher.spawn({
        group: this.group,
        program: pkg.paths.run,
        env: pkg.env,
        ...(identity === undefined ? {} : { user: identity }),
        stopSignal: pkg.shutdownSignal,
        stopTimeoutMs: (this.#spec.shutdownTimeoutSeconds ?? pkg.shutdownTimeoutSeconds) * 1000,
      });
      this.#setUp(launched);
      await this.#writePidFile();
    } catch (error) {
      const message = `Service start failed: ${describeError(error)}`;
      this.#say("SR", message);
      this.#problems = [message];
      this.#phase = "initialized";
      return;
    }
    this.#phase = "initialized";
    this.#changes = NO_CHANGES;
    if (this.#ending) return;
    this.#startHealth();
    void this.#postRun();
  }

  async #writePidFile(): Promise<void> {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      await replaceFile(this.parts.pkg.paths.pidFile, Buffer.from(String(pid)), { mode: 0o644 });
    } catch (error) {
      // The file is for hooks only; a full disk is no reason to take a running process for failed.
      this.#say("SV", `Unable to write PID file: ${describeError(error)}`);
    }
  }

  /** Runs post-run until it succeeds. A short pause keeps a failing hook from taking the machine (the original has none). */
  async #postRun(): Promise<void> {
    const { signal } = this.#life;
    if (!this.parts.templates.hooks.has("post-run")) return;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const { exit } = await this.#runHook("post-run");
      if (exit.kind === "abandoned" || (exit.kind === "code" && exit.code === 0)) return;
      await Bun.sleep(Math.min(POST_RUN_RETRY_MS * 2 ** attempt, POST_RUN_RETRY_MAX_MS));
    }
  }

  #startHealth(): void {
    this.#healthLoop?.abort();
    if (!this.parts.templates.hooks.has("health-check")) return;
    const loop = new AbortController();
    this.#healthLoop = loop;
    void runHealthLoop({
      intervalMs: healthIntervalMs(this.#spec),
      signal: AbortSignal.any([loop.signal, this.#life.signal]),
      random: this.#host.random,
      check: () => this.#runHook("health-check", AbortSignal.any([loop.signal, this.#life.signal])),
      report: (result, code) => {
        if (code !== undefined) {
          this.#host.output.line(
            this.parts.pkg.ident.name,
            "HK",
            `Health check exited with an unknown status code, Invalid health check result: ${code}`,
          );
        }
        if (this.#health !== result) this.#host.changed();
        this.#health = result;
      },
    }).then(() => this.#say("HK", "Health checking has been stopped"));
  }

  /** Runs a hook if the package has it; a missing one counts as success. */
  async #runHook(hook: ServiceHook, signal: AbortSignal = this.#life.signal): Promise<HookResult> {
    if (!this.parts.templates.hooks.has(hook))
      return { exit: { kind: "code", code: 0 }, lastLine: "", seconds: 0 };
    const { pkg } = this.parts;
    const result = await runHook({ hook, group: this.group, pkg, output: this.#host.output, signal });
    this.#host.metrics.observe("hab_sup_hook_duration_seconds", result.seconds, hook);
    const failure = describeHookFailure(hook, result.exit);
    if (failure !== undefined) this.#host.output.line(pkg.ident.name, "HK", failure);
    return result;
  }

  /** The suitability hook's answer: its last line as a number, else 0 (§6). */
  async suitability(): Promise<bigint> {
    if (!this.initialized) return 0n;
    const { exit, lastLine } = await this.#runHook("suitability");
    const text = lastLine.trim();
    return exit.kind === "code" && exit.code === 0 && /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
  }

  /**
   * Stops the service: ends background work, stops the process and waits until it is gone, then runs post-stop (§8.2,
   * §26.1). `timeoutSeconds` of a request goes before those of spec and package; `giveUp` ends waiting for post-stop.
   * Never rejects.
   */
  async stop(timeoutSeconds?: number, giveUp?: AbortSignal): Promise<void> {
    this.#life.abort();
    await this.#pass;
    const { pid, up } = this.#process;
    if (pid !== undefined && up) await this.#terminate(pid, timeoutSeconds);
    this.#setDown();
    await this.#runHook("post-stop", giveUp ?? new AbortController().signal);
  }

  async #terminate(pid: number, timeoutSeconds: number | undefined): Promise<void> {
    const { pkg } = this.parts;
    const seconds = timeoutSeconds ?? this.#spec.shutdownTimeoutSeconds ?? pkg.shutdownTimeoutSeconds;
    this.#say("ST", `Terminating service (PID: ${pid})`);
    try {
      const result = await this.#host.launcher.terminate(pid, pkg.shutdownSignal, seconds * 1000);
      this.#say("ST", `${TERMINATION_TEXTS[result]} (PID: ${pid})`);
    } catch (error) {
      this.#say("ST", `Unable to terminate service (PID: ${pid}): ${describeError(error)}`);
    }
  }

  /** Lets go of the process without touching it: another Supervisor will take it over. */
  detach(): void {
    this.#life.abort();
  }

  #setUp({ pid, exited }: LaunchedProcess): void {
    this.#process = { pid, up: true, enteredAtMs: this.#host.now() };
    this.#upSinceMs = this.#host.now();
    this.#lastPid = pid;
    void exited.then(() => {
      if (this.#process.pid !== pid) return;
      this.#setDown();
      if (!this.#life.signal.aborted) this.wake();
    });
  }

  #setDown(): void {
    if (this.#process.up || this.#process.pid !== undefined) {
      this.#process = { pid: undefined, up: false, enteredAtMs: this.#host.now() };
      void rm(this.parts.pkg.paths.pidFile, { force: true }).catch(() => {});
    }
    this.#host.changed();
  }

  #say(key: string, content: string): void {
    this.#host.output.line(this.group, key, content);
  }

  toString(): string {
    return `${this.group} (${formatIdent(this.parts.pkg.ident)})`;
  }
}

const POST_RUN_RETRY_MS = 100;
const POST_RUN_RETRY_MAX_MS = 5_000;

const TERMINATION_TEXTS = {
  "already-exited": "Service already exited",
  graceful: "Service gracefully terminated",
  killed: "Service killed",
} as const;

const ELECTION_TEXTS: Record<ElectionStatus, string> = {
  None: "no election has been held",
  ElectionInProgress: "election in progress.",
  ElectionNoQuorum: "election in progress, and we have no quorum.",
  ElectionFinished: "election finished",
};

function memberFingerprint(member: Parameters<typeof memberJson>[0]): string {
  return JSON.stringify(memberJson(member), (_key, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`;
    return value instanceof Map ? [...value] : value;
  });
}
