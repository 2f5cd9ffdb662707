// The stores as rumors, with the envelope each is told and kept under (reference/butterfly.md §4).
import type { Membership } from "./member.ts";
import { CLIENT_ID, type Rumor, type RumorKey } from "./rumor.ts";
import type { RingState } from "./state.ts";

/** Every rumor in the stores but memberships. */
export function storedRumors(state: RingState): Rumor[] {
  const rumors: Rumor[] = [];
  for (const group of state.services.values())
    for (const value of group.values()) rumors.push({ kind: "service", fromId: value.memberId, value });
  for (const value of state.serviceConfigs.values())
    rumors.push({ kind: "service-config", fromId: value.fromId, value });
  for (const group of state.serviceFiles.values())
    for (const value of group.values()) rumors.push({ kind: "service-file", fromId: value.fromId, value });
  for (const value of state.elections.values())
    rumors.push({ kind: "election", fromId: value.candidate, value });
  for (const value of state.electionUpdates.values())
    rumors.push({ kind: "election-update", fromId: value.candidate, value });
  for (const value of state.departures.values()) rumors.push({ kind: "departure", fromId: CLIENT_ID, value });
  return rumors;
}

export function storedMemberships(state: RingState): Membership[] {
  return [...state.members.values()].map(({ member, health }) => ({ member, health }));
}

/** The rumor stored under a key; a membership only with what tables hold of it. */
export function storedRumor(state: RingState, { kind, id, key }: RumorKey): Rumor | undefined {
  switch (kind) {
    case "member": {
      const entry = state.members.get(id);
      return entry && { kind, fromId: state.self, value: { member: entry.member, health: entry.health } };
    }
    case "service": {
      const value = state.services.get(key)?.get(id);
      return value && { kind, fromId: value.memberId, value };
    }
    case "service-config": {
      const value = state.serviceConfigs.get(key);
      return value && { kind, fromId: value.fromId, value };
    }
    case "service-file": {
      const value = state.serviceFiles.get(key)?.get(id);
      return value && { kind, fromId: value.fromId, value };
    }
    case "election":
    case "election-update": {
      const value = (kind === "election" ? state.elections : state.electionUpdates).get(key);
      return value && { kind, fromId: value.candidate, value };
    }
    case "departure": {
      const value = state.departures.get(id);
      return value && { kind, fromId: CLIENT_ID, value };
    }
  }
}
