// Who may vote in a group, and whether enough of them are there (reference/butterfly.md §13.2).
import type { RingState } from "./state.ts";

/** Members with a service in the group that count: known and not departed. */
export function population(state: RingState, serviceGroup: string): string[] {
  return groupMembers(state, serviceGroup).filter((id) => {
    const health = state.members.healthOf(id);
    return health !== undefined && health !== "departed";
  });
}

/** Those of the population that can vote: alive ones, not suspects. */
export function electorate(state: RingState, serviceGroup: string): string[] {
  return groupMembers(state, serviceGroup).filter((id) => state.members.healthOf(id) === "alive");
}

/** Whether more than half of the population can vote. A lone Supervisor, unknown to itself, has no quorum. */
export function hasQuorum(state: RingState, serviceGroup: string): boolean {
  return electorate(state, serviceGroup).length > Math.floor(population(state, serviceGroup).length / 2);
}

function groupMembers(state: RingState, serviceGroup: string): string[] {
  // A service that has stopped votes no longer; original members never say so.
  return [...(state.services.get(serviceGroup)?.values() ?? [])]
    .filter(({ stopped }) => stopped !== true)
    .map(({ memberId }) => memberId);
}
