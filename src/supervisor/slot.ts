// What the Supervisor holds for one service, whatever becomes of its process, and what it shows of it.
import type { FullIdent } from "../package/index.ts";
import type { HeldService } from "./plan/reconcile.ts";
import { FRESH_RUN_STATE, type RunState } from "./plan/restart.ts";
import type { ServiceParts } from "./service/ports.ts";
import type { Service } from "./service/service.ts";
import type { ServiceSpec } from "./spec/spec.ts";

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
