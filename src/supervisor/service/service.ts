// One supervised service: carries out the steps of plan/service.ts when something happened to it, one pass at a time
// (reference/services.md §7, §8). Whatever it waits for holds up nobody else.
import { describeError } from "../../error/index.ts";
import { formatIdent } from "../../package/index.ts";
import type { TomlTable } from "../../toml/index.ts";
import type { ElectionStatus } from "../census/census.ts";
import { formatServiceGroup } from "../group.ts";
import { PROGRAM } from "../output.ts";
import type { HealthResult } from "../plan/health.ts";
import { hookLimitMs } from "../plan/hook-limits.ts";
import { nextStep, type Phase, type ServiceStep } from "../plan/service.ts";
import { actingHookMs, hookGraceMs, preStopTime } from "../plan/stop.ts";
import { healthIntervalMs, type ServiceSpec } from "../spec/spec.ts";
import { ServiceBinds } from "./binds.ts";
import { ServiceChecks } from "./checks.ts";
import { type HookRun, ServiceHooks } from "./hooks.ts";
import { LastHook } from "./last-hook.ts";
import { Leadership } from "./leadership.ts";
import { pause } from "./pause.ts";
import type { ServiceHost, ServiceParts } from "./ports.ts";
import { ServiceRendering } from "./rendering.ts";
import { type EndingServiceHook, type HookResult, succeeded } from "./run-hook.ts";
import { type ProcessState, RunProcess } from "./run-process.ts";

export class Service {
  readonly group: string;
  readonly parts: ServiceParts;
  readonly #host: ServiceHost;
  readonly #process: RunProcess;
  readonly #hooks: ServiceHooks;
  readonly #binds: ServiceBinds;
  readonly #rendering: ServiceRendering;
  readonly #checks: ServiceChecks;
  /** Of a leader topology. */
  readonly #leadership: Leadership | undefined;
  /** Aborted when the service stops: ends the hooks that run. */
  readonly #life = new AbortController();
  readonly #lastHook = new LastHook();
  #hookGraceMs = hookGraceMs(Number.POSITIVE_INFINITY);
  #spec: ServiceSpec;
  #phase: Phase = "uninitialized";
  #pass: Promise<void> | undefined;
  #again = false;
  #restarting = false;
  #leaving = false;
  #draining = false;
  #stopped: Promise<void> | undefined;
  #saidWaiting = false;
  #problem: string | undefined;

  constructor(parts: ServiceParts, host: ServiceHost) {
    this.parts = parts;
    this.group = formatServiceGroup(parts.group);
    this.#host = host;
    this.#spec = parts.spec;
    const { group } = this;
    const spec = () => this.#spec;
    this.#process = new RunProcess({
      group,
      pkg: parts.pkg,
      host,
      ended: () => {
        this.#checks.end();
        if (!this.#life.signal.aborted) this.wake();
      },
      say: (key, content) => this.#say(key, content),
    });
    this.#hooks = new ServiceHooks({
      group,
      pkg: parts.pkg,
      has: (hook) => parts.templates.hooks.has(hook),
      limitMs: (hook) => hookLimitMs(hook, this.#spec.hookSettings, parts.pkg.hookSettings),
      graceMs: () => this.#hookGraceMs,
      output: host.output,
      metrics: host.metrics,
    });
    this.#binds = new ServiceBinds(parts.pkg, (content) => this.#say("SR", content));
    this.#rendering = new ServiceRendering({
      group,
      parts,
      binds: this.#binds,
      spec,
      host,
      say: (content) => this.#say("SR", content),
    });
    this.#checks = new ServiceChecks({
      group,
      parts,
      hooks: this.#hooks,
      spec,
      host,
      processUp: () => this.#process.state.up,
      unhealthy: () => this.wake(),
      say: (content) => this.#say("HK", content),
    });
    this.#leadership = parts.spec.topology === "leader" ? this.#standForElection() : undefined;
  }

  #standForElection(): Leadership {
    const hasHook = this.#hooks.has("suitability");
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
    return this.#leadership?.status ?? this.#groupElection;
  }

  get health(): HealthResult {
    return this.#checks.health(this.initialized);
  }

  /** What its readiness hook says; undefined where it has none. */
  get readiness(): { readonly ready: boolean; readonly reason: string } | undefined {
    return this.#checks.readiness;
  }

  /** Whether it is about to be stopped and finishes what it has to do. */
  get draining(): boolean {
    return this.#draining;
  }

  /** What must come before it is initialized: binds of others, the election of a leader, its init hook. */
  get waitsFor(): readonly string[] {
    if (this.initialized) return [];
    if (this.#saidWaiting) return this.#binds.missing().map((bind) => `the bind ${bind}`);
    if (this.#phase === "initializing") return ["its init hook to end"];
    const waitsForLeader = this.#leadership !== undefined && this.#leadership.status !== "ElectionFinished";
    return waitsForLeader ? ["the election of a leader"] : [];
  }

  /** What is wrong with it, while the last good configuration and templates are in force; and that it takes no work. */
  get problems(): readonly string[] {
    const own = this.#problem === undefined ? [] : [this.#problem];
    return [...this.#rendering.problems, ...own, ...this.#hooks.problems, ...this.takesNoWork];
  }

  /** Why it is to be given no work, though its process is up. */
  get takesNoWork(): readonly string[] {
    if (!this.#process.state.up) return [];
    if (this.#draining) return ["it is draining, to be stopped"];
    const { readiness } = this;
    return readiness?.ready === false ? [`its readiness hook says no: ${readiness.reason}`] : [];
  }

  /** How long the process has been up, in milliseconds. */
  get uptimeMs(): number {
    return this.#process.uptimeMs;
  }

  /** The last run of a hook that has ended, since this Supervisor has the service. */
  lastHookRun(hook: EndingServiceHook): HookRun | undefined {
    return this.#hooks.lastRun(hook);
  }

  /** Takes a spec that differs only in what the process does not see. */
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
    this.#rendering.userConfigTouched();
    this.wake();
  }

  async #passes(): Promise<void> {
    while (this.#again && !this.#ending) {
      this.#again = false;
      this.#problem = undefined;
      const started = performance.now();
      try {
        await this.#runPass();
      } catch (error) {
        this.#problem = describeError(error);
        this.#say("SR", `Service check failed: ${this.#problem}`);
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
    return this.#life.signal.aborted || this.#leaving || this.#restarting;
  }

  async #runPass(): Promise<void> {
    const unsatisfied = this.#binds.check(this.#host.census(), this.#spec.binds);
    if (!this.initialized && this.#spec.bindingMode === "strict" && unsatisfied) {
      if (!this.#saidWaiting) this.#say("SR", "Waiting for service binds...");
      this.#saidWaiting = true;
      return;
    }
    this.#saidWaiting = false;
    const rendered = this.#elected;
    const configChanged = await this.#rendering.update();
    const filesWritten = await this.#rendering.updateFiles();
    if (filesWritten && this.initialized && !this.#ending) await this.#runHook("file-updated");
    if (configChanged) this.#host.announce();
    const mayAct = await this.#electionAllows();
    // An election may have ended meanwhile: what is rendered does not know yet who leads, and no hook may run by that.
    if (this.#leadership !== undefined && mayAct && rendered !== this.#elected) {
      this.#again = true;
      return;
    }
    while (!this.#ending) {
      const step = nextStep({
        phase: this.#phase,
        processAlive: await this.#isAlive(),
        hasHook: (hook) => this.parts.templates.hooks.has(hook),
        changes: this.#rendering.changes,
        unhealthy: this.#checks.unhealthy,
        mayAct,
      });
      if (step === undefined || this.#ending) return;
      await this.#take(step);
      this.#host.changed();
    }
  }

  /** A leader topology acts only while its group has a finished election. */
  async #electionAllows(): Promise<boolean> {
    const leadership = this.#leadership;
    if (leadership === undefined) return true;
    await leadership.stand();
    return leadership.mayAct(this.#groupElection);
  }

  get #groupElection(): ElectionStatus {
    return this.#host.census().groups.get(this.group)?.electionStatus ?? "None";
  }

  /** The election and who was elected, as hooks see them. */
  get #elected(): string {
    const group = this.#host.census().groups.get(this.group);
    return `${group?.electionStatus} ${group?.leaderId}`;
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
        this.#rendering.actedOnChanges();
        await this.#process.writePidFile();
        this.#checks.begin(this.#life.signal, true);
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
        this.#rendering.actedOnChanges();
        await this.#runHook("reconfigure");
        if (!this.#ending) this.#checks.beginHealth(this.#life.signal);
        return;
      case "restart":
        this.#restarting = true;
        this.#host.restart({ reason: step.reason, pid: this.#process.lastPid });
    }
  }

  async #initialize(): Promise<void> {
    const result = await this.#runHook("init");
    if (result.exit.kind === "abandoned") return;
    this.#phase = succeeded(result) ? "initializer-finished" : "init-failed";
    this.#process.forgetPid();
    this.wake();
  }

  async #spawn(): Promise<void> {
    try {
      await this.#process.start(this.#stopTimeoutSeconds);
    } catch (error) {
      this.#problem = `Service start failed: ${describeError(error)}`;
      this.#say("SR", this.#problem);
      this.#phase = "initialized";
      return;
    }
    this.#phase = "initialized";
    this.#rendering.actedOnChanges();
    if (this.#ending) return;
    this.#checks.begin(this.#life.signal, false);
    void this.#postRun();
  }

  get #stopTimeoutSeconds(): number {
    return this.#spec.shutdownTimeoutSeconds ?? this.parts.pkg.shutdownTimeoutSeconds;
  }

  /** Runs post-run until it succeeds. A short pause keeps a failing hook from taking the machine (the original has none). */
  async #postRun(): Promise<void> {
    const { signal } = this.#life;
    if (!this.#hooks.has("post-run")) return;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const result = await this.#runHook("post-run");
      if (result.exit.kind === "abandoned" || succeeded(result)) return;
      await pause(Math.min(POST_RUN_RETRY_MS * 2 ** attempt, POST_RUN_RETRY_MAX_MS), signal);
    }
  }

  #runHook(hook: EndingServiceHook): Promise<HookResult> {
    return this.#hooks.run(hook, { signal: this.#life.signal });
  }

  /**
   * Stops the service: ends the hooks that run, those that act on the process after a while, has it drained, stops the
   * process and waits until it is gone, then runs post-stop (§8.2, §26.1). `timeoutSeconds` of a request goes before those
   * of spec and package and holds for all but post-stop. Never rejects. Later calls wait for the same stop.
   */
  stop(timeoutSeconds?: number): Promise<void> {
    this.#stopped ??= this.#stop((timeoutSeconds ?? this.#stopTimeoutSeconds) * 1000);
    return this.#stopped;
  }

  async #stop(totalMs: number): Promise<void> {
    const began = performance.now();
    const leftMs = () => Math.max(0, Math.round(totalMs - (performance.now() - began)));
    this.#hookGraceMs = hookGraceMs(totalMs);
    this.#leaving = true;
    await this.#actingHooks(actingHookMs(totalMs));
    this.#life.abort();
    await this.#pass;
    await this.#drain(leftMs());
    await this.#process.stop(leftMs());
    this.#checks.end();
    await this.#hooks.settled();
    const limitMs = this.#lastHook.begin(this.#hooks.limitMs("post-stop"));
    await this.#hooks.run("post-stop", { signal: this.#lastHook.signal, limitMs });
    this.#lastHook.end();
  }

  /** Waits until no hook acts on the process any more, so long at most. */
  async #actingHooks(milliseconds: number): Promise<void> {
    const over = new AbortController();
    const settled = this.#hooks.settled(["reconfigure", "file-updated"]).finally(() => over.abort());
    await Promise.race([settled, pause(milliseconds, over.signal)]);
  }

  /** Tells that it takes no new work, and lets `pre-stop` finish what there is (beyond the original). */
  async #drain(leftMs: number): Promise<void> {
    if (!this.#process.state.up || !this.#hooks.has("pre-stop")) return;
    const time = preStopTime(leftMs, this.#hooks.limitMs("pre-stop"));
    if (time === undefined) return;
    this.#draining = true;
    this.#say("ST", `Draining, for ${Math.ceil(time.limitMs / 1000)} s at most`);
    this.#host.announce({ draining: true });
    this.#host.changed();
    await this.#hooks.run("pre-stop", { signal: NEVER, ...time });
  }

  /** The Supervisor ends: from now on, or from its start, post-stop has this long at most. */
  hurry(milliseconds: number): void {
    this.#lastHook.hurry(milliseconds);
  }

  /**
   * Lets go of the process without touching it: another Supervisor will take it over. Resolves when no hook runs any more;
   * the next Supervisor begins them anew. A stop that is under way goes on to its end.
   */
  async detach(): Promise<void> {
    if (this.#stopped !== undefined) return this.#stopped;
    this.#life.abort();
    await this.#pass;
    await this.#hooks.settled();
  }

  #say(key: string, content: string): void {
    this.#host.output.line(this.group, key, content);
  }

  toString(): string {
    return `${this.group} (${formatIdent(this.parts.pkg.ident)})`;
  }
}

/** For a hook that only its limit cuts short. */
const NEVER = new AbortController().signal;

const POST_RUN_RETRY_MS = 100;
const POST_RUN_RETRY_MAX_MS = 5_000;
