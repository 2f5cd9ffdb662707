// `hab sup depart`: a member is told to leave for good (reference/butterfly.md §9.6).
import { startHot } from "./heat.ts";
import { setDeparted } from "./membership.ts";
import { type Departure, departureKey } from "./rumor.ts";
import type { RingState } from "./state.ts";

/** Departs the named member, each time it is heard; naming ourselves sets `departed`. True when it was new. */
export function insertDeparture(state: RingState, departure: Departure, now: number): boolean {
  if (departure.memberId === state.self) state.departed = true;
  setDeparted(state, departure.memberId, now);
  if (state.departures.has(departure.memberId)) return false;
  state.departures.set(departure.memberId, departure);
  state.counters.departures++;
  startHot(state.heat, departureKey(departure.memberId));
  return true;
}
