// Who takes part in a group's election, and whether its leader or candidate can still be reckoned with.
import { electorate } from "../quorum.ts";
import { UNKNOWN_CANDIDATE_MS } from "../timing.ts";
import { isArriving } from "./arrival.ts";
import type { Core } from "./core.ts";
import { isLeaderDoubted } from "./leader-watch.ts";

/** Whether we run a service of the group, and know what the ring knows. */
export function takesPart(core: Core, serviceGroup: string): boolean {
  if (isArriving(core)) return false;
  const { state } = core;
  const service = state.services.get(serviceGroup)?.get(state.self);
  return service !== undefined && service.stopped !== true;
}

/** Whether a member is in the group and alive. */
export function canVote({ state }: Core, serviceGroup: string, id: string): boolean {
  return electorate(state, serviceGroup).includes(id);
}

/**
 * Whether a leader or candidate is known to be dead, to have left, or to have stopped its service. One we know nothing of,
 * or whose service we have not heard of, gets some time: the election may be faster than that. A suspect may come back.
 * `termSince`: when the term was first heard of.
 */
export function isGone(core: Core, serviceGroup: string, id: string, termSince: number | undefined): boolean {
  if (isLeading(core, serviceGroup, id)) return isLeaderDoubted(core, id);
  const health = core.state.members.healthOf(id);
  if (health === "confirmed" || health === "departed") return true;
  if (core.state.services.get(serviceGroup)?.get(id)?.stopped === true) return true;
  return termSince === undefined || core.now - termSince >= UNKNOWN_CANDIDATE_MS;
}

/** A leader leads as long as it may be alive and runs its service. */
export function isLeading({ state }: Core, serviceGroup: string, id: string): boolean {
  const health = state.members.healthOf(id);
  const service = state.services.get(serviceGroup)?.get(id);
  if (service === undefined || service.stopped === true) return false;
  return health === "alive" || health === "suspect";
}
