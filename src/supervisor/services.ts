// All services of this Supervisor: compares what is wanted with what is held and carries out the steps, each service on
// its own (reference/services.md §2.1, §5.1, §9). Driven by events; holds at most one timer.
import { describeError } from "../error/index.ts";
import { type FullIdent, formatIdent } from "../package/index.ts";
import type { Census } from "./census/census.ts";
import { reportedService, type ServiceReport, updateStarted } from "./event-stream/report.ts";
import { formatServiceGroup } from "./group.ts";
import type { Metrics } from "./http/metrics.ts";
import { type KeptReleases, releaseToStart } from "./kept-releases.ts";
import { makeService } from "./make-service.ts";
import { type Output, PROGRAM } from "./output.ts";
import { planReconcile, type ReconcileStep } from "./plan/reconcile.ts";
import { cooledDown, decideRestart, type RestartConfig, restarted } from "./plan/restart.ts";
import { Preparation } from "./preparation.ts";
import { RememberedServices } from "./remembered.ts";
import type { RingPort } from "./ring/port.ts";
import type { LauncherPort, RestartRequest } from "./service/ports.ts";
import type { Service } from "./service/service.ts";
import { isBusy, newSlot, releaseOf, type ServiceSnapshot, type Slot, snapshotOf } from "./slot.ts";
import type { SpecDirectory } from "./spec/directory.ts";
import type { ServiceSpec } from "./spec/spec.ts";
import { checkRelease, type PrepareOptions, prepareService, StartFailure } from "./start-service.ts";
import type { SysInfo } from "./sys.ts";
import type { TakingOver } from "./take-over.ts";
import type { ServiceRelease } from "./update/updates.ts";

/** Hooks into the rest of the Supervisor. */
export interface ServicesOptions extends PrepareOptions {
  readonly specs: SpecDirectory;
  readonly output: Output;
  readonly metrics: Metrics;
  readonly launcher: LauncherPort;
  readonly sys: SysInfo;
  readonly restartConfig: RestartConfig;
  readonly census: () => Census;
  readonly now: () => number;
  readonly random: () => number;
  /** Part of every service group. */
  readonly organization: string | undefined;
  readonly ring: Pick<RingPort, "announce" | "elect" | "tellSuitability" | "keepOnly">;
  /** A service was started: watch its user.toml. The answer ends that. */
  readonly started: (service: Service) => () => void;
  /** The specs were read. */
  readonly wanted: (specs: ReadonlyMap<string, ServiceSpec>) => void;
  /** An update stopped a service, which is now to be started with another release. */
  readonly updated: (spec: ServiceSpec, chosen: FullIdent) => Promise<void>;
  /** Which release each service runs, over a restart of the Supervisor. */
  readonly kept: Pick<KeptReleases, "get" | "set" | "forget">;
  /** What keeps a service from being updated. */
  readonly updateProblem: (name: string) => string | undefined;
  /** For an event stream; absent where there is none. */
  readonly report?: (report: ServiceReport) => void;
  /** Something the gateways show has changed; undefined means the list itself. */
  readonly changed: (name: string | undefined) => void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export class Services {
  readonly #options: ServicesOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #remembered: RememberedServices;
  readonly #preparation = new Preparation();
  readonly #stopTimeouts = new Map<string, number>();
  #specProblems: ReadonlySet<string> = new Set();
  #wanted: ReadonlyMap<string, ServiceSpec> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reconcileQueued = false;
  #closing = false;

  constructor(options: ServicesOptions) {
    this.#options = options;
    const { build, now, changed } = options;
    this.#remembered = new RememberedServices({
      build,
      now,
      isIdle: (name) => !this.#slots.has(name) && this.#wanted.has(name),
      changed,
    });
  }

  /** All loaded services: running ones first, then the others, each in the order of names. */
  list(): ServiceSnapshot[] {
    const all = [...this.#names()].map((name) => this.#snapshot(name));
    return [...all.filter((each) => each.service), ...all.filter((each) => !each.service)];
  }

  get(name: string): ServiceSnapshot | undefined {
    return this.#names().has(name) ? this.#snapshot(name) : undefined;
  }

  /** Whether everything is being stopped or let go. */
  get closing(): boolean {
    return this.#closing;
  }

  /** What is loaded, and what is unloaded while its process still runs. */
  #names(): Set<string> {
    const stopping = [...this.#slots].filter(([, slot]) => slot.service !== undefined).map(([name]) => name);
    return new Set([...this.#wanted.keys(), ...stopping]);
  }

  /** Services that are started and supervised. */
  running(): Service[] {
    return [...this.#slots.values()].flatMap((slot) => slot.service ?? []);
  }

  /** Something happened: compare wanted and held soon. Many calls at once lead to one comparison. */
  reconcileSoon(): void {
    if (this.#reconcileQueued || this.#closing) return;
    this.#reconcileQueued = true;
    setImmediate(() => {
      this.#reconcileQueued = false;
      this.reconcile();
    });
  }

  /** Compares wanted and held now and begins the steps. */
  reconcile(): void {
    if (this.#closing) return;
    const { now } = this.#options;
    this.#wanted = this.#readSpecs();
    const held = new Map([...this.#slots].map(([name, { spec, condition }]) => [name, { spec, condition }]));
    const waits: number[] = [];
    for (const step of planReconcile(this.#wanted, held, now())) {
      if (step.kind === "wait") waits.push(step.untilMs);
      else this.#take(step);
    }
    this.#schedule(waits);
    this.#options.ring.keepOnly(this.#groups());
    this.#options.wanted(this.#wanted);
    this.#remembered.keep(this.#wanted, this.#slots);
    this.#options.changed(undefined);
  }

  /** The groups of all that is to run, and of what has not stopped yet. */
  #groups(): Set<string> {
    const wanted = [...this.#wanted.values()].filter((spec) => spec.desiredState === "up");
    return new Set([
      ...wanted.map((spec) => this.#groupOf(spec)),
      ...this.running().map((service) => service.group),
    ]);
  }

  #groupOf({ ident, group }: ServiceSpec): string {
    const { organization } = this.#options;
    return formatServiceGroup({ service: ident.name, group, ...(organization ? { organization } : {}) });
  }

  /** How far the service of a group is with taking over this process of it, which runs. */
  takingOver(group: string, pid: number): TakingOver {
    const spec = [...this.#wanted.values()].find((each) => this.#groupOf(each) === group);
    if (spec?.desiredState !== "up") return "unwanted";
    const slot = this.#slots.get(spec.ident.name);
    if (slot?.service?.process.pid === pid) return "done";
    return slot?.problem === undefined ? "under way" : "failed";
  }

  /** How long the next stop of this service may take, from a control request. */
  setStopTimeout(name: string, seconds: number): void {
    this.#stopTimeouts.set(name, seconds);
  }

  /** Which release of a service runs or is to be started, and whether it is there. */
  release(name: string): ServiceRelease | undefined {
    const slot = this.#slots.get(name);
    return slot === undefined ? undefined : releaseOf(slot, this.#remembered.get(name)?.parts);
  }

  /** Tells the ring which release a service runs or changes to; false when there is nothing to tell of yet. */
  tell(name: string, ident: FullIdent, pkgIncarnation: bigint): boolean {
    const parts = this.#slots.get(name)?.service?.parts;
    if (parts !== undefined) this.#options.ring.announce(parts, { ident, pkgIncarnation, changing: false });
    return parts !== undefined;
  }

  /**
   * Begins to stop the service and to start it with this release, which an update installed; `begun` is called then. Throws,
   * with the service untouched, when the release cannot be made a service of: a bind, a template, its install hook. False
   * when the service is busy.
   */
  async change(name: string, ident: FullIdent, begun: () => void): Promise<boolean> {
    const slot = this.#slots.get(name);
    if (slot === undefined || isBusy(slot)) return false;
    const { spec } = slot;
    const previous = this.#remembered.get(name)?.parts?.config;
    await this.#preparation.run((signal) => checkRelease(spec, ident, previous, this.#options, signal));
    if (this.#closing || this.#slots.get(name) !== slot || slot.spec !== spec || isBusy(slot)) return false;
    begun();
    this.#say(`Restarting ${formatIdent(spec.ident)} with package ${formatIdent(ident)}`);
    slot.chosen = ident;
    if (slot.service === undefined) {
      this.#begin(name, slot, async () => {
        await this.#options.updated(spec, ident);
        slot.condition = { kind: "waiting", readyAtMs: 0 };
      });
      return true;
    }
    this.#options.ring.announce(slot.service.parts, { ident, changing: true });
    this.#options.report?.(updateStarted(reportedService(slot.service.parts, spec), ident));
    this.#restart(name, slot, { reason: "package_updated", pid: slot.service.process.pid });
    return true;
  }

  /** Stops everything at once and waits for it, for an orderly end; each last hook has this long. */
  async stopAll(lastHookMs: number): Promise<void> {
    const started = this.#close();
    await Promise.all([
      ...[...this.#slots.values()].map(async (slot) => {
        const { service } = slot;
        slot.ended?.();
        if (service === undefined) return;
        service.hurry(lastHookMs);
        await service.stop();
        this.#report("stopped", service);
      }),
      started,
    ]);
  }

  /**
   * Lets go of everything without touching a process, for another Supervisor to take over; hooks are ended. What is being
   * stopped is stopped.
   */
  async detachAll(lastHookMs: number): Promise<void> {
    const started = this.#close();
    const detached = [...this.#slots.values()].map((slot) => {
      slot.ended?.();
      slot.service?.hurry(lastHookMs);
      return slot.service?.detach();
    });
    await Promise.all([...detached, started]);
  }

  /** Begins nothing any more. Resolves when what is made ready for a start is cut short. */
  #close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    return this.#preparation.end();
  }

  #snapshot(name: string): ServiceSnapshot {
    const slot = this.#slots.get(name);
    const spec = this.#wanted.get(name) ?? (slot === undefined ? undefined : unwanted(slot.spec));
    if (spec === undefined) throw new RangeError(`no service ${name}`);
    const { now, updateProblem } = this.#options;
    return snapshotOf(spec, slot, this.#remembered.get(name), updateProblem(name), now());
  }

  #take(step: Exclude<ReconcileStep, { kind: "wait" }>): void {
    switch (step.kind) {
      case "start":
        this.#begin(step.name, this.#slotFor(step.name, step.spec), () => this.#start(step.name, step.spec));
        return;
      case "stop":
      case "restart": {
        const slot = this.#slots.get(step.name);
        if (slot !== undefined) this.#begin(step.name, slot, () => this.#stop(step.name, slot));
        return;
      }
      case "update": {
        const slot = this.#slots.get(step.name);
        if (slot === undefined) return;
        slot.spec = step.spec;
        slot.service?.exchangeSpec(step.spec);
        return;
      }
      case "interrupt":
        this.#slots.get(step.name)?.starting?.abort();
        return;
      case "forget":
        this.#slots.delete(step.name);
    }
  }

  #slotFor(name: string, spec: ServiceSpec): Slot {
    const slot = this.#slots.get(name) ?? newSlot(spec);
    this.#slots.set(name, slot);
    slot.spec = spec;
    return slot;
  }

  /** Runs work of one service beside everything else; its end leads to another reconciliation. */
  #begin(name: string, slot: Slot, work: () => Promise<void>): void {
    slot.condition = { kind: "busy" };
    void work()
      .catch((error) => this.#say(`Unexpected failure of ${name}: ${describeError(error)}`))
      .finally(() => {
        this.#options.changed(name);
        this.reconcileSoon();
      });
  }

  async #start(name: string, spec: ServiceSpec): Promise<void> {
    const slot = this.#slotFor(name, spec);
    const starting = new AbortController();
    slot.starting = starting;
    slot.condition = { kind: "starting" };
    try {
      const service = await this.#create(spec, slot, starting.signal);
      slot.failures = 0;
      slot.problem = undefined;
      if (slot.runState.last !== undefined) {
        this.#options.output.line(service.group, "SR", "Restarted");
        slot.runState = restarted(slot.runState, this.#options.now());
      }
      slot.service = service;
      slot.condition = { kind: "running" };
      // Only now is the release that ran before no longer in use.
      slot.ended = this.#options.started(service);
      this.#report("started", service);
      if (this.#closing) return;
      service.wake();
    } catch (error) {
      this.#failedStart(slot, error);
    } finally {
      slot.starting = undefined;
    }
  }

  async #create(spec: ServiceSpec, slot: Slot, cut: AbortSignal): Promise<Service> {
    const { name } = spec.ident;
    const previous = this.#remembered.get(name)?.parts?.config;
    const { kept, launcher } = this.#options;
    const runs = async () => (await launcher.running(this.#groupOf(spec))) !== undefined;
    const { desired, chosen } = await releaseToStart(slot.chosen, kept.get(name, spec.ident), runs);
    slot.chosen = chosen;
    const parts = await this.#preparation.run(
      (signal) =>
        prepareService(spec, desired, previous, this.#options, signal, {
          say: (line) => this.#say(line),
          built: (parts) => this.#remembered.built(name, parts),
        }),
      cut,
    );
    // Another one, where the chosen release is gone.
    if (slot.chosen !== undefined) slot.chosen = parts.pkg.ident;
    kept.set(name, { running: parts.pkg.ident, isChosen: slot.chosen !== undefined });
    return makeService(parts, slot, this.#options, (request) => this.#restart(name, slot, request));
  }

  /** Keeps the spec and tries again later, or as soon as spec or configuration change (§26.2). */
  #failedStart(slot: Slot, error: unknown): void {
    const message = describeError(error);
    // One that was cut short is not wanted any more: there is nothing to mend.
    const isCut = slot.starting?.signal.aborted === true || this.#closing;
    if (!isCut && (slot.problem !== message || slot.failures === 0))
      this.#say(error instanceof StartFailure ? error.message : message);
    slot.problem = message;
    const delay = Math.min(FIRST_RETRY_MS * 2 ** slot.failures, LAST_RETRY_MS);
    slot.failures += 1;
    slot.condition = { kind: "waiting", readyAtMs: this.#options.now() + delay };
  }

  /** Configuration of a service changed on disk: one whose start failed may try at once. */
  retry(name: string): void {
    const slot = this.#slots.get(name);
    if (slot?.condition.kind !== "waiting" || slot.problem === undefined) return;
    slot.condition = { kind: "waiting", readyAtMs: 0 };
    this.reconcileSoon();
  }

  async #stop(name: string, slot: Slot): Promise<void> {
    const { service } = slot;
    slot.ended?.();
    slot.ended = undefined;
    const timeout = this.#stopTimeouts.get(name);
    this.#stopTimeouts.delete(name);
    if (service !== undefined) {
      this.#remembered.stopped(name, service.parts);
      await service.stop(timeout);
      this.#report("stopped", service);
      this.#remembered.stopped(name, service.parts);
    }
    slot.service = undefined;
    this.#slots.delete(name);
    this.#options.kept.forget(name);
  }

  #restart(name: string, slot: Slot, request: RestartRequest): void {
    const { service } = slot;
    if (service === undefined || slot.condition.kind !== "running" || this.#closing) return;
    const { now, random, restartConfig } = this.#options;
    const uptimeMs = service.uptimeMs;
    const decision = decideRestart(
      cooledDown(slot.runState, restartConfig, now()),
      { pid: request.pid, reason: request.reason, atMs: now() },
      restartConfig,
      { random: random(), uptimeMs },
    );
    slot.runState = decision.state;
    const readyAtMs = now() + decision.sleepMs;
    const when =
      decision.sleepMs === 0 ? "immediately" : `after ${(decision.sleepMs / 1000).toFixed(2)} secs`;
    this.#options.output.line(service.group, "SR", `Stopping service, will restart ${when}`);
    this.#begin(name, slot, async () => {
      slot.ended?.();
      slot.ended = undefined;
      await service.stop();
      this.#report("stopped", service);
      this.#remembered.stopped(name, service.parts);
      slot.service = undefined;
      if (request.reason === "package_updated" && slot.chosen !== undefined) {
        await this.#options.updated(slot.spec, slot.chosen);
      }
      slot.condition = { kind: "waiting", readyAtMs };
    });
  }

  #report(kind: "started" | "stopped", service: Service): void {
    this.#options.report?.({ kind, service: reportedService(service.parts, service.spec) });
  }

  #schedule(waits: readonly number[]): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (waits.length === 0) return;
    const delay = Math.max(0, Math.min(...waits) - this.#options.now());
    this.#timer = setTimeout(() => this.reconcile(), delay);
  }

  /** A broken file is read at each reconciliation; an operator hears of it once, and again when it was good in between. */
  #readSpecs(): ReadonlyMap<string, ServiceSpec> {
    const problems = new Set<string>();
    const specs = this.#options.specs.read((message) => problems.add(message));
    for (const message of problems)
      if (!this.#specProblems.has(message)) this.#options.output.line(PROGRAM, "SD", message);
    this.#specProblems = problems;
    return specs;
  }

  #say(content: string): void {
    this.#options.output.line(PROGRAM, "MR", content);
  }
}

function unwanted(spec: ServiceSpec): ServiceSpec {
  return { ...spec, desiredState: "down" };
}
