// What the Supervisor holds for one service, whatever becomes of its process, and what it shows of it.
import { type FullIdent, findInstalled } from "../package/index.ts";
import type { HeldService } from "./plan/reconcile.ts";
import { FRESH_RUN_STATE, type RunState } from "./plan/restart.ts";
import { settlesInMs } from "./plan/settled.ts";
import type { Remembered } from "./remembered.ts";
import type { ServiceParts } from "./service/ports.ts";
import type { Service } from "./service/service.ts";
import type { ServiceSpec } from "./spec/spec.ts";
import type { ServiceRelease } from "./update/updates.ts";

/** What is known about one loaded service, for gateways. */
export interface ServiceSnapshot {
  readonly spec: ServiceSpec;
  /** The running service; absent while stopped, waiting or busy. */
  readonly service: Service | undefined;
  /** Package, configuration and templates of the running service or of its last start; absent before the first. */
  readonly parts: ServiceParts | undefined;
  readonly runState: RunState;
  readonly nextRestartAtMs: number | undefined;
  /** When it last left or entered being up. */
  readonly enteredAtMs: number;
  readonly problems: readonly string[];
}

export interface Slot {
  spec: ServiceSpec;
  condition: HeldService["condition"];
  runState: RunState;
  service: Service | undefined;
  /** Ends watching for the running service. */
  ended: (() => void) | undefined;
  /** Failed starts in a row. */
  failures: number;
  problem: string | undefined;
  /** Aborting cuts a start short that waits for a download or an install hook; undefined while none is under way. */
  starting: AbortController | undefined;
  /** The release an update chose: starts keep to it, whatever else is installed meanwhile. */
  chosen: FullIdent | undefined;
}

export function newSlot(spec: ServiceSpec): Slot {
  return {
    spec,
    condition: { kind: "busy" },
    runState: FRESH_RUN_STATE,
    service: undefined,
    ended: undefined,
    failures: 0,
    problem: undefined,
    starting: undefined,
    chosen: undefined,
  };
}

/** What is shown of a service; `now` in epoch milliseconds. */
export function snapshotOf(
  spec: ServiceSpec,
  slot: Slot | undefined,
  remembered: Remembered | undefined,
  updateProblem: string | undefined,
  now: number,
): ServiceSnapshot {
  const service = slot?.service;
  const waiting = slot?.condition.kind === "waiting" ? slot.condition.readyAtMs : undefined;
  return {
    spec,
    service,
    parts: service?.parts ?? remembered?.parts,
    runState: slot?.runState ?? FRESH_RUN_STATE,
    nextRestartAtMs: waiting !== undefined && waiting > now ? waiting : undefined,
    enteredAtMs: service?.process.enteredAtMs ?? remembered?.sinceMs ?? 0,
    problems: [slot?.problem, ...(service?.problems ?? []), updateProblem].filter(
      (problem) => problem !== undefined,
    ),
  };
}

/** Which release it runs or is to be started with, and whether it is there; `before` is what it was made of last. */
export function releaseOf(slot: Slot, before: ServiceParts | undefined): ServiceRelease | undefined {
  const { service, condition } = slot;
  // One that could never be made a service may be replaced by a better one.
  const broken = slot.problem === undefined ? undefined : findInstalled(slot.spec.ident)?.ident;
  const ident = slot.chosen ?? (service?.parts ?? before)?.pkg.ident ?? broken;
  if (ident === undefined) return undefined;
  return {
    ident,
    settlesInMs: settlesInMs({
      isHeld: service !== undefined && condition.kind === "running",
      initialized: service?.initialized === true,
      processUp: service?.process.up === true,
      uptimeMs: service?.uptimeMs ?? 0,
      ready: service?.readiness?.ready,
    }),
    busy: isBusy(slot),
  };
}

/** Whether a start or stop is under way. */
export function isBusy({ condition }: Slot): boolean {
  return condition.kind === "busy" || condition.kind === "starting";
}
