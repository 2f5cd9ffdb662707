// What of a member's stores has changed, told by their counters.
import type { GossipMessage } from "../protocol.ts";
import type { RingState } from "../state.ts";

/** How often what this rumor belongs to has changed; undefined where it is no rumor that stays as it is when heard again. */
export function changesBy({ kind }: GossipMessage, { counters }: RingState): number | undefined {
  switch (kind) {
    case "service":
      return counters.services;
    case "service-config":
      return counters.serviceConfigs;
    case "service-file":
      return counters.serviceFiles;
    case "departure":
      return counters.departures;
    default:
      return undefined;
  }
}

/** Grows with every change of a store. */
export function changesOf({ counters, incarnation }: RingState): number {
  let sum = Number(incarnation % 2n ** 32n);
  for (const count of Object.values(counters)) sum += count;
  return sum;
}

export function isAlone(state: RingState): boolean {
  for (const [id, { health }] of state.members)
    if (id !== state.self && (health === "alive" || health === "suspect")) return false;
  return true;
}
