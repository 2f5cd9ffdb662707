// What services report, for an event stream (reference/supervisor.md §17).
import { type FullIdent, formatIdent } from "../../package/index.ts";
import { formatServiceGroup } from "../group.ts";
import type { HealthResult } from "../plan/health.ts";
import type { ServiceParts } from "../service/ports.ts";
import type { ServiceSpec } from "../spec/spec.ts";

/** A service as events name it. */
export interface ReportedService {
  /** Fully qualified. */
  readonly packageIdent: string;
  readonly specIdent: string;
  readonly serviceGroup: string;
  /** Absent where the service is not updated. */
  readonly update?: { readonly strategy: "at-once" | "rolling"; readonly channel: string };
}

export interface HealthReport {
  readonly result: HealthResult;
  /** Absent without a hook. */
  readonly hook?: {
    readonly seconds: number;
    /** Absent when a signal ended it, or it could not be started. */
    readonly exitStatus?: number;
    /** Absent when it could not be started. */
    readonly output?: { readonly stdout: string; readonly stderr: string };
  };
  /** Until the next check. */
  readonly intervalMs: number;
}

export type ServiceReport =
  | { readonly kind: "started"; readonly service: ReportedService }
  | { readonly kind: "stopped"; readonly service: ReportedService }
  | { readonly kind: "update-started"; readonly service: ReportedService; readonly packageIdent: string }
  | { readonly kind: "health-check"; readonly service: ReportedService; readonly health: HealthReport };

/** The service of these parts; `spec` where it was exchanged since. */
export function reportedService(
  { group, pkg, spec: first }: ServiceParts,
  spec: ServiceSpec = first,
): ReportedService {
  const { updateStrategy: strategy, channel } = spec;
  return {
    packageIdent: formatIdent(pkg.ident),
    specIdent: formatIdent(spec.ident),
    serviceGroup: formatServiceGroup(group),
    ...(strategy === "none" ? {} : { update: { strategy, channel } }),
  };
}

/** The report that an update of the service has begun. */
export function updateStarted(service: ReportedService, ident: FullIdent): ServiceReport {
  return { kind: "update-started", service, packageIdent: formatIdent(ident) };
}
