// Services, configuration and files: newer incarnations replace older ones (reference/butterfly.md §12.2, §12.4).
import { compareBytes } from "./byte-order.ts";
import { startHot } from "./heat.ts";
import { setDeparted } from "./membership.ts";
import { hasQuorum } from "./quorum.ts";
import {
  type ServiceConfigRumor,
  type ServiceFileRumor,
  type ServiceRumor,
  serviceConfigKey,
  serviceFileKey,
  serviceKey,
} from "./rumor.ts";
import type { RingState } from "./state.ts";

/**
 * Stores a service if it is new or newer. A new member in a group without quorum takes the place of a dead one: the
 * confirmed member with the smallest id departs (§12.4). True when it was stored.
 */
export function insertService(state: RingState, rumor: ServiceRumor, now: number): boolean {
  const group = innerMap(state.services, rumor.serviceGroup);
  const stored = group.get(rumor.memberId);
  if (stored !== undefined && rumor.incarnation <= stored.incarnation) return false;
  const newGroupMember = group.size > 0 && stored === undefined;
  group.set(rumor.memberId, rumor);
  state.counters.services++;
  if (newGroupMember && state.members.count("confirmed") > 0 && !hasQuorum(state, rumor.serviceGroup)) {
    const [replaced] = [...group.keys()]
      .filter((id) => state.members.get(id)?.health === "confirmed")
      .sort(compareBytes);
    if (replaced !== undefined) setDeparted(state, replaced, now);
  }
  startHot(state.heat, serviceKey(rumor.memberId, rumor.serviceGroup));
  return true;
}

/** Stores configuration if it is the group's first or newer. True when it was stored; contents are not compared. */
export function insertServiceConfig(state: RingState, rumor: ServiceConfigRumor): boolean {
  const stored = state.serviceConfigs.get(rumor.serviceGroup);
  if (stored !== undefined && rumor.incarnation <= stored.incarnation) return false;
  state.serviceConfigs.set(rumor.serviceGroup, rumor);
  state.counters.serviceConfigs++;
  startHot(state.heat, serviceConfigKey(rumor.serviceGroup));
  return true;
}

/** Stores a file if it is the first of that name in the group, or newer. True when it was stored. */
export function insertServiceFile(state: RingState, rumor: ServiceFileRumor): boolean {
  const files = innerMap(state.serviceFiles, rumor.serviceGroup);
  const stored = files.get(rumor.filename);
  if (stored !== undefined && rumor.incarnation <= stored.incarnation) return false;
  files.set(rumor.filename, rumor);
  state.counters.serviceFiles++;
  startHot(state.heat, serviceFileKey(rumor.serviceGroup, rumor.filename));
  return true;
}

function innerMap<Value>(outer: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const existing = outer.get(key);
  if (existing !== undefined) return existing;
  const inner = new Map<string, Value>();
  outer.set(key, inner);
  return inner;
}
