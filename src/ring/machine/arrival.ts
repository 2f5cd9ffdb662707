// When a member that has just started knows what its ring knows. Before, it would take a group with a leader for one
// without, and could outdo that leader by its id (reference/butterfly.md §13.4): until then it takes no part in elections.
import { ARRIVAL_ALONE_MS, ARRIVAL_COMPARING_MS, ARRIVAL_FETCHING_MS } from "../timing.ts";
import { type Core, note } from "./core.ts";

export interface Arrival {
  /** There is somebody to join, by address or remembered. */
  expectsOthers: boolean;
  /** Another member was seen alive since the start. */
  inCompany: boolean;
  /** Elections wait until then. */
  overAt: number;
  /** Whether that moment has been told of. */
  isTold: boolean;
}

export function notArriving(): Arrival {
  return { expectsOthers: false, inCompany: false, overAt: Number.NEGATIVE_INFINITY, isTold: false };
}

/** There are others to be found: given addresses, or members remembered from before. */
export function expectOthers(core: Core): void {
  const { arrival, now, startedAt } = core;
  if (arrival.expectsOthers || now - startedAt >= ARRIVAL_ALONE_MS) return;
  arrival.expectsOthers = true;
  arrival.overAt = startedAt + ARRIVAL_ALONE_MS;
}

/** Somebody spoke to us: within a moment stores are compared, or hold the same, or it is an original, which only tells. */
export function meetCompany({ arrival, now }: Core): void {
  if (arrival.inCompany) return;
  arrival.inCompany = true;
  arrival.overAt = Math.min(arrival.overAt, now + ARRIVAL_COMPARING_MS);
}

/** Stores were compared: `missing` records are on their way. */
export function comparedStores({ arrival, elections, now }: Core, missing: number): void {
  arrival.overAt = Math.min(arrival.overAt, missing > 0 ? now + ARRIVAL_FETCHING_MS : now);
  elections.lookAt = Math.min(elections.lookAt, Math.max(now, arrival.overAt));
}

/** Tells once that it is over. */
export function tellArrival(core: Core): void {
  const { arrival } = core;
  if (!arrival.expectsOthers || arrival.isTold || isArriving(core)) return;
  arrival.isTold = true;
  note(core, { kind: "arrived" });
}

/** When there is something to tell. */
export function arrivalDue({ arrival }: Core): number {
  return arrival.expectsOthers && !arrival.isTold ? arrival.overAt : Number.POSITIVE_INFINITY;
}

/** Whether elections still have to wait. */
export function isArriving({ arrival, now }: Core): boolean {
  return now < arrival.overAt;
}
