// What a service spec holds: which package is wanted, in which state, and how (reference/services.md §2).
import { formatIdent, type HookSettings, type PackageIdent } from "../../package/index.ts";
import { formatBind, type ServiceBind } from "../group.ts";

export const TOPOLOGIES = ["standalone", "leader"] as const;
export const UPDATE_STRATEGIES = ["none", "at-once", "rolling"] as const;
export const UPDATE_CONDITIONS = ["latest", "track-channel"] as const;
export const BINDING_MODES = ["strict", "relaxed"] as const;

export type Topology = (typeof TOPOLOGIES)[number];
export type UpdateStrategy = (typeof UPDATE_STRATEGIES)[number];
export type UpdateCondition = (typeof UPDATE_CONDITIONS)[number];
export type BindingMode = (typeof BINDING_MODES)[number];
export type DesiredState = "up" | "down";

/** Seconds (u64) and nanoseconds, as the spec file and the HTTP gateway show them. */
export interface SpecDuration {
  readonly secs: bigint;
  readonly nanos: number;
}

export interface ServiceSpec {
  readonly ident: PackageIdent;
  readonly group: string;
  readonly bldrUrl: string;
  readonly channel: string;
  readonly topology: Topology;
  readonly updateStrategy: UpdateStrategy;
  readonly updateCondition: UpdateCondition;
  readonly binds: readonly ServiceBind[];
  readonly bindingMode: BindingMode;
  /** Directory that replaces the package's default.toml, config and hooks (development only). */
  readonly configFrom?: string;
  readonly desiredState: DesiredState;
  /** Seconds between the shutdown signal and SIGKILL. */
  readonly shutdownTimeoutSeconds?: number;
  readonly svcEncryptedPassword?: string;
  readonly healthCheckInterval: SpecDuration;
  /** What goes before the package's `hooks.toml` (beyond the original, which drops it when it writes the spec anew). */
  readonly hookSettings: HookSettings;
}

/** Compat: spec files default to these constants, whatever the environment says (§2). */
export const DEFAULT_BLDR_URL = "https://bldr.habitat.sh";
export const DEFAULT_CHANNEL = "base";
export const DEFAULT_GROUP = "default";
export const DEFAULT_HEALTH_CHECK_INTERVAL: SpecDuration = { secs: 30n, nanos: 0 };

/** A spec for `ident` with every other field at its default. */
export function defaultSpec(ident: PackageIdent): ServiceSpec {
  return {
    ident,
    group: DEFAULT_GROUP,
    bldrUrl: DEFAULT_BLDR_URL,
    channel: DEFAULT_CHANNEL,
    topology: "standalone",
    updateStrategy: "none",
    updateCondition: "latest",
    binds: [],
    bindingMode: "strict",
    desiredState: "up",
    healthCheckInterval: DEFAULT_HEALTH_CHECK_INTERVAL,
    hookSettings: {},
  };
}

/** How two specs of one service differ, as far as the running process cares (§2.1). */
export type SpecDifference = "equal" | "update" | "restart";

/** Compares a running spec with a wanted one: only what the process does not see differs → `update`; anything else → `restart`. */
export function compareSpecs(running: ServiceSpec, wanted: ServiceSpec): SpecDifference {
  if (JSON.stringify(processFields(running)) !== JSON.stringify(processFields(wanted))) return "restart";
  const same =
    running.bldrUrl === wanted.bldrUrl &&
    running.channel === wanted.channel &&
    running.updateStrategy === wanted.updateStrategy &&
    // They count from the next run of a hook on: nothing has to be restarted for them.
    JSON.stringify(running.hookSettings) === JSON.stringify(wanted.hookSettings) &&
    running.updateCondition === wanted.updateCondition;
  return same ? "equal" : "update";
}

function processFields(spec: ServiceSpec): unknown[] {
  return [
    formatIdent(spec.ident),
    spec.group,
    spec.topology,
    spec.binds.map(formatBind),
    spec.bindingMode,
    spec.configFrom ?? null,
    spec.shutdownTimeoutSeconds ?? null,
    spec.svcEncryptedPassword ?? null,
    [String(spec.healthCheckInterval.secs), spec.healthCheckInterval.nanos],
  ];
}

/** The health check interval in milliseconds, capped at what a timer can hold. */
export function healthIntervalMs(spec: ServiceSpec): number {
  const { secs, nanos } = spec.healthCheckInterval;
  const capped = secs > 2_000_000n ? 2_000_000 : Number(secs);
  return capped * 1000 + Math.floor(nanos / 1e6);
}
