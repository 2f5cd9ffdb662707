// Whether everything that should run does (`/readyz`, beyond the original): for load balancers, probes and `hab sup status`.
import { asTimeOfDay } from "../host/index.ts";
import { formatServiceGroup } from "./group.ts";
import type { ServiceSnapshot } from "./slot.ts";

export interface ServiceReadiness {
  readonly service_group: string;
  readonly ready: boolean;
  /** Why not; empty when ready. */
  readonly reasons: readonly string[];
}

export interface Readiness {
  readonly ready: boolean;
  /** What keeps the Supervisor itself from being ready. */
  readonly reasons: readonly string[];
  /** The services that are to run, in the order of their groups. Those told to stay down do not count. */
  readonly services: readonly ServiceReadiness[];
}

/** Judges all services. `ending`: the Supervisor is about to stop them. */
export function readiness(
  snapshots: readonly ServiceSnapshot[],
  organization: string | undefined,
  ending: boolean,
): Readiness {
  const services = snapshots
    .filter(({ spec }) => spec.desiredState === "up")
    .map((snapshot) => {
      const reasons = notReadyReasons(snapshot);
      return { service_group: groupOf(snapshot, organization), ready: reasons.length === 0, reasons };
    })
    .sort((a, b) => (a.service_group < b.service_group ? -1 : 1));
  const reasons = ending ? ["the Supervisor is ending"] : [];
  return { ready: !ending && services.every(({ ready }) => ready), reasons, services };
}

/** Why a service that is to run is not ready; empty when it is. */
export function notReadyReasons({ service, problems, nextRestartAtMs }: ServiceSnapshot): string[] {
  if (service === undefined) {
    if (problems.length > 0) return [...problems];
    return [
      nextRestartAtMs === undefined
        ? "it is being started or stopped"
        : `it waits to be started again at ${new Date(asTimeOfDay(nextRestartAtMs)).toISOString()}`,
    ];
  }
  if (!service.initialized) {
    const waits = service.waitsFor.map((what) => `it waits for ${what}`);
    return waits.length > 0 ? waits : ["it is not initialized yet", ...problems];
  }
  if (!service.process.up) return ["its process is down", ...problems];
  if (service.takesNoWork.length > 0) return [...service.takesNoWork];
  switch (service.health) {
    case "Ok":
    case "Warning":
      return [];
    case "Critical":
      return ["its health check says: critical"];
    case "Unknown":
      return ["its health is not known"];
  }
}

function groupOf({ spec, parts }: ServiceSnapshot, organization: string | undefined): string {
  const part = organization === undefined ? {} : { organization };
  return formatServiceGroup(parts?.group ?? { service: spec.ident.name, group: spec.group, ...part });
}
