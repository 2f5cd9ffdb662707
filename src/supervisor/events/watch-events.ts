// Looks at services, census and members when they may have changed, and tells what happened.
import { formatIdent } from "../../package/index.ts";
import type { RingState } from "../../ring/index.ts";
import { type Census, emptyCensus } from "../census/census.ts";
import { formatServiceGroup } from "../group.ts";
import { notReadyReasons } from "../readiness.ts";
import type { Services } from "../services.ts";
import type { ServiceSnapshot } from "../slot.ts";
import type { MemberWord, SupervisorEvent } from "./event.ts";
import { censusEvents, memberEvents, type SeenService, serviceEvents } from "./observe.ts";

export interface EventWatchOptions {
  /** Who is told. */
  readonly tell: (event: SupervisorEvent) => void;
  readonly services: Pick<Services, "get" | "list">;
  readonly organization: string | undefined;
  readonly self: string;
}

export interface EventWatch {
  /** One service may have changed, or with undefined the list of them. */
  servicesChanged(name: string | undefined): void;
  ringChanged(census: Census, state: RingState): void;
}

export function watchEvents({ tell, services, organization, self }: EventWatchOptions): EventWatch {
  const seen = new Map<string, SeenService>();
  const members = new Map<string, MemberWord>();
  let census = emptyCensus(self);
  let membership = -1;

  const look = (name: string) => {
    const snapshot = services.get(name);
    const after = snapshot === undefined ? undefined : seenOf(snapshot, organization);
    for (const event of serviceEvents(seen.get(name), after)) tell(event);
    if (after === undefined) seen.delete(name);
    else seen.set(name, after);
  };

  return {
    servicesChanged(name) {
      if (name !== undefined) return look(name);
      const names = services.list().map(({ spec }) => spec.ident.name);
      for (const each of new Set([...names, ...seen.keys()])) look(each);
    },
    ringChanged(after, state) {
      for (const event of censusEvents(census, after)) tell(event);
      census = after;
      if (membership === after.counters.membership) return;
      membership = after.counters.membership;
      for (const event of memberEvents(members, state)) tell(event);
    },
  };
}

function seenOf(snapshot: ServiceSnapshot, organization: string | undefined): SeenService {
  const { spec, service, parts } = snapshot;
  const group = parts?.group ?? {
    service: spec.ident.name,
    group: spec.group,
    ...(organization === undefined ? {} : { organization }),
  };
  return {
    service_group: formatServiceGroup(group),
    package: formatIdent(service === undefined ? spec.ident : service.parts.pkg.ident),
    desired_state: spec.desiredState,
    up: service?.process.up === true,
    pid: service?.process.pid ?? null,
    initialized: service?.initialized === true,
    health: service?.health ?? "Unknown",
    notReady: spec.desiredState === "up" ? notReadyReasons(snapshot) : undefined,
    draining: service?.draining === true,
  };
}
