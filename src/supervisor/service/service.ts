// One supervised service: carries out the steps of plan/service.ts when something happened to it, one pass at a time
// (reference/services.md §7, §8). Whatever it waits for holds up nobody else.
import { describeError } from "../../error/index.ts";
import { formatIdent } from "../../package/index.ts";
import type { TomlTable } from "../../toml/index.ts";
import { type BindStatus, bindStatus, describeBind } from "../census/binds.ts";
import type { ElectionStatus } from "../census/census.ts";
import { type HealthReport, reportedService } from "../event-stream/report.ts";
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
import { runHealthLoop, runHealthReports } from "./health-loop.ts";
import { Leadership } from "./leadership.ts";
import type { ServicePackage } from "./package.ts";
import type { ServiceHost } from "./ports.ts";
import { renderService } from "./render.ts";
import { describeHookFailure, type HookResult, runHook } from "./run-hook.ts";
import { type ProcessState, RunProcess } from "./run-process.ts";
import type { ServiceTemplates } from "./templates.ts";
import { visibleCensus } from "./visible.ts";

export interface ServiceParts {
  readonly spec: ServiceSpec;
  readonly group: ServiceGroup;
  readonly pkg: ServicePackage;
  readonly config: ServiceConfig;
  readonly templates: ServiceTemplates;
}

export class Service {
  readonly group: string;
  readonly parts: ServiceParts;
  readonly #host: ServiceHost;
  /** Of a leader topology. */
  readonly #leadership: Leadership | undefined;
  /** Aborted when the service stops: ends waiting for hooks, which themselves run on. */
  readonly #life = new AbortController();
  #spec: ServiceSpec;
  #phase: Phase = "uninitialized";
  readonly #process: RunProcess;
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
  #problems: readonly string[] = [];

  constructor(parts: ServiceParts, host: ServiceHost) {
    this.parts = parts;
    this.group = formatServiceGroup(parts.group);
    this.#host = host;
    this.#spec = parts.spec;
    this.#process = new RunProcess({
      group: this.group,
      pkg: parts.pkg,
      host,
      ended: () => {
        if (!this.#life.signal.aborted) this.wake();
      },
      say: (key, content) => this.#say(key, content),
    });
    this.#leadership = parts.spec.topology === "leader" ? this.#standForElection() : undefined;
  }

  #standForElection(): Leadership {
    const hasHook = this.parts.templates.hooks.has("suitability");
    return new Leadership({
      intervalMs: healthIntervalMs(this.#spec),
      signal: this.#life.signal,
      suitability: hasHook ? () => this.#runHook("suitability") : undefined,
      elect: (suitability) => this.#host.elect(suitability),
      changed: (suitability) => this.#host.tellSuitability(suitability),
      say: (content) => this.#say("SR", content),
    });
  }

  get spec(): ServiceSpec {
    return this.#spec;
  }

  get initialized(): boolean {
    return this.#phase === "initialized";
  }

  get process(): ProcessState {
    return this.#process.state;
  }

  get cfg(): TomlTable {
    return this.parts.config.merged;
  }

  get electionStatus(): ElectionStatus {
    return this.#leadership?.status ?? this.#host.census().groups.get(this.group)?.electionStatus ?? "None";
  }

  /** Without a health-check hook the process is the measure (§10). */
  get health(): HealthResult {
    if (this.parts.templates.hooks.has("health-check") || !this.initialized) return this.#health;
    return this.#process.state.up ? "Ok" : "Critical";
  }

  /** What must come before it can be initialized: binds of others, the election of a leader. */
  get waitsFor(): readonly string[] {
    if (this.initialized) return [];
    if (this.#saidWaiting) {
      const missing = [...this.#bindStatus].filter(([, status]) => status !== "satisfied");
      return missing.map(([bind]) => `the bind ${bind}`);
    }
    const waitsForLeader = this.#leadership !== undefined && this.#leadership.status !== "ElectionFinished";
    return waitsForLeader ? ["the election of a leader"] : [];
  }

  /** What is wrong with its configuration or templates while the last good ones are in force. */
  get problems(): readonly string[] {
    return [...this.parts.config.problems, ...this.#problems];
  }

  /** How long the process has been up, in milliseconds. */
  get uptimeMs(): number {
    return this.#process.uptimeMs;
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
    const mayAct = await this.#electionAllows();
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
      const before = this.#bindStatus.get(key);
      if (before === status.kind) continue;
      this.#bindStatus.set(key, status.kind);
      // Nothing was missing: there is nothing to tell.
      if (before === undefined && status.kind === "satisfied") continue;
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
    const visible = visibleCensus(this.#host.census(), this.group, this.#spec.binds);
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

  async #updateFiles(): Promise<void> {
    const files = this.#host.census().groups.get(this.group)?.serviceFiles;
    if (files === undefined || files.size === 0) return;
    const written = await applyServiceFiles(this.group, this.parts.pkg, files, this.#host.output);
    if (written && this.initialized && !this.#ending) await this.#runHook("file-updated");
  }

  /** A leader topology acts only while its group has a finished election. */
  async #electionAllows(): Promise<boolean> {
    const leadership = this.#leadership;
    if (leadership === undefined) return true;
    await leadership.stand();
    return leadership.mayAct(this.#host.census().groups.get(this.group)?.electionStatus ?? "None");
  }

  async #isAlive(): Promise<boolean> {
    const { pid, up } = this.#process.state;
    if (pid !== undefined) return up;
    return this.#phase === "uninitialized" && (await this.#process.takeOver());
  }

  async #take(step: ServiceStep): Promise<void> {
    switch (step.kind) {
      case "reattach":
        this.#host.output.line(PROGRAM, "SR", `Reattaching to ${this.group}`);
        this.#phase = "initialized";
        // Compat: what changed while nobody supervised is on disk, and neither restarts nor reconfigures (§17).
        this.#changes = NO_CHANGES;
        await this.#process.writePidFile();
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
        this.#host.restart({ reason: step.reason, pid: this.#process.lastPid });
    }
  }

  async #initialize(): Promise<void> {
    const { exit } = await this.#runHook("init");
    if (exit.kind === "abandoned") return;
    this.#phase = exit.kind === "code" && exit.code === 0 ? "initializer-finished" : "init-failed";
    this.#process.forgetPid();
    this.wake();
  }

  async #spawn(): Promise<void> {
    try {
      await this.#process.start(this.#stopTimeoutSeconds);
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

  get #stopTimeoutSeconds(): number {
    return this.#spec.shutdownTimeoutSeconds ?? this.parts.pkg.shutdownTimeoutSeconds;
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
    const loop = new AbortController();
    this.#healthLoop = loop;
    const signal = AbortSignal.any([loop.signal, this.#life.signal]);
    const { report } = this.#host;
    if (!this.parts.templates.hooks.has("health-check")) {
      if (report !== undefined)
        void runHealthReports(healthIntervalMs(this.#spec), signal, (intervalMs) =>
          this.#reportHealth({ result: this.health, intervalMs }),
        );
      return;
    }
    void runHealthLoop({
      intervalMs: healthIntervalMs(this.#spec),
      signal,
      random: this.#host.random,
      check: () => this.#runHook("health-check", signal),
      report: ({ result, unrecognisedCode: code, hook, nextMs }) => {
        if (code !== undefined) {
          this.#host.output.line(
            this.parts.pkg.ident.name,
            "HK",
            `Health check exited with an unknown status code, Invalid health check result: ${code}`,
          );
        }
        const changed = this.#health !== result;
        this.#health = result;
        if (changed) this.#host.changed();
        const { exit, seconds, output } = hook;
        this.#reportHealth({
          result,
          hook: {
            seconds,
            ...(exit.kind === "code" ? { exitStatus: exit.code } : {}),
            ...(output === undefined ? {} : { output }),
          },
          intervalMs: nextMs,
        });
      },
    }).then(() => this.#say("HK", "Health checking has been stopped"));
  }

  #reportHealth(health: HealthReport): void {
    const service = reportedService(this.parts, this.#spec);
    this.#host.report?.({ kind: "health-check", service, health });
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

  /**
   * Stops the service: ends background work, stops the process and waits until it is gone, then runs post-stop (§8.2,
   * §26.1). `timeoutSeconds` of a request goes before those of spec and package; `giveUp` ends waiting for post-stop.
   * Never rejects.
   */
  async stop(timeoutSeconds?: number, giveUp?: AbortSignal): Promise<void> {
    this.#life.abort();
    await this.#pass;
    await this.#process.stop(timeoutSeconds ?? this.#stopTimeoutSeconds);
    await this.#runHook("post-stop", giveUp ?? new AbortController().signal);
  }

  /** Lets go of the process without touching it: another Supervisor will take it over. */
  detach(): void {
    this.#life.abort();
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
