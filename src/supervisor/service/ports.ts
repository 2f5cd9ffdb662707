// What a service is made of, and what it needs of the Supervisor around it. Tests give their own.
import type { Identity, TerminationResult } from "../../host/index.ts";
import type { Census } from "../census/census.ts";
import type { ServiceReport } from "../event-stream/report.ts";
import type { ServiceGroup } from "../group.ts";
import type { Metrics } from "../http/metrics.ts";
import type { Output } from "../output.ts";
import type { RestartReason } from "../plan/restart.ts";
import type { ServiceSpec } from "../spec/spec.ts";
import type { SysInfo } from "../sys.ts";
import type { ServiceConfig } from "./config.ts";
import type { ServicePackage } from "./package.ts";
import type { ServiceTemplates } from "./templates.ts";

/** Everything a service is made of, read from disk at its start. */
export interface ServiceParts {
  readonly spec: ServiceSpec;
  readonly group: ServiceGroup;
  readonly pkg: ServicePackage;
  readonly config: ServiceConfig;
  readonly templates: ServiceTemplates;
}

/** A run process, kept by the launcher. */
export interface LaunchedProcess {
  readonly pid: number;
  /** Resolves when it has ended, also when that was before anyone asked. */
  readonly exited: Promise<void>;
}

export interface SpawnRequest {
  /** The service group: at most one process for each. */
  readonly group: string;
  readonly program: string;
  readonly env: ReadonlyMap<string, string>;
  /** Absent where the launcher runs it as itself. */
  readonly user?: Identity;
  /** How the launcher stops it when no Supervisor does. */
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
}

/** The launcher as a service sees it: it starts run hooks and keeps them across Supervisors. */
export interface LauncherPort {
  /** Starts a run hook. Throws when it cannot be started. */
  spawn(request: SpawnRequest): Promise<LaunchedProcess>;
  /** The process of this group, by whichever Supervisor it was started; undefined when none runs. */
  running(group: string): Promise<LaunchedProcess | undefined>;
  /** Sends the signal to the process and its group, after the time SIGKILL; resolves when all is gone. */
  terminate(pid: number, signal: string, timeoutMs: number): Promise<TerminationResult>;
}

export interface RestartRequest {
  readonly reason: RestartReason;
  readonly pid: number | undefined;
}

export interface ServiceHost {
  readonly output: Output;
  readonly launcher: LauncherPort;
  readonly metrics: Metrics;
  readonly sys: SysInfo;
  census(): Census;
  /** Epoch milliseconds. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** What the service exports, or what is told here of it, may have changed: announce it again. */
  announce(told?: { readonly draining?: boolean; readonly notReady?: boolean }): void;
  /** Takes part in the election of the group's leader. */
  elect(suitability: bigint): void;
  /** What the suitability hook says has changed. */
  tellSuitability(suitability: bigint): void;
  /** Something that gateways show has changed. */
  changed(): void;
  /** For an event stream; absent where there is none. */
  readonly report?: (report: ServiceReport) => void;
  /** The service is to be stopped and started again. */
  restart(request: RestartRequest): void;
}
