// The stores as rumors, with the envelope each is told and kept under (reference/butterfly.md §4).
import type { Membership } from "./member.ts";
import { CLIENT_ID, type Rumor } from "./rumor.ts";
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
