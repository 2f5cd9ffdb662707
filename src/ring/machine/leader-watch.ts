// The leader of a group is watched more closely than others: by up to three members of its group, those after it in the
// circle. So a group has another leader sooner than the ring is sure that the old one is dead.
import { CONFIRMERS, LEADER_DOUBT_MS, LEADER_WATCH_MS } from "../timing.ts";
import { type Core, isOwn } from "./core.ts";
import { distance } from "./neighbours.ts";
import { startProbe } from "./probe.ts";

/** Changes come in bursts. */
const CHOOSE_MS = 50;

export interface LeaderWatch {
  /** Leaders it is on us to watch. */
  leaders: string[];
  nextAt: number;
  /** When to find out anew whom to watch. */
  chooseAt: number;
}

export function noLeaderWatch(): LeaderWatch {
  return { leaders: [], nextAt: Number.POSITIVE_INFINITY, chooseAt: Number.POSITIVE_INFINITY };
}

/** Elections, groups or members changed: whom we watch is looked at again soon. */
export function leadersMayHaveChanged({ watch, now }: Core): void {
  watch.chooseAt = Math.min(watch.chooseAt, now + CHOOSE_MS);
}

function chooseLeaders(core: Core): void {
  const { watch, state } = core;
  watch.chooseAt = Number.POSITIVE_INFINITY;
  const leaders = new Set<string>();
  for (const { serviceGroup, candidate, status } of state.elections.values()) {
    if (status === "finished" && candidate !== state.self && isWatcher(core, serviceGroup, candidate))
      leaders.add(candidate);
  }
  watch.leaders = [...leaders];
  if (leaders.size === 0) watch.nextAt = Number.POSITIVE_INFINITY;
  else if (watch.nextAt === Number.POSITIVE_INFINITY)
    watch.nextAt = core.now + core.random() * LEADER_WATCH_MS;
}

/** Pings the leaders whose turn it is. */
export function watchLeaders(core: Core): void {
  const { watch } = core;
  if (core.now >= watch.chooseAt) chooseLeaders(core);
  if (core.now < watch.nextAt) return;
  watch.nextAt = core.now + LEADER_WATCH_MS;
  for (const id of watch.leaders) startProbe(core, id);
}

export function leaderWatchDue({ watch }: Core): number {
  return Math.min(watch.nextAt, watch.chooseAt);
}

/**
 * Whether a suspected leader is to be replaced before the ring is sure of its death: others have tried in vain as well, and
 * it had time to answer. If it lives after all, it stands in the new election before all others.
 */
export function isLeaderDoubted(core: Core, id: string): boolean {
  const suspicion = core.suspicions.get(id);
  if (suspicion === undefined || suspicion.stalled) return false;
  const others = core.state.members.count("alive");
  return suspicion.accusers.size >= Math.min(2, others) && core.now - suspicion.since >= LEADER_DOUBT_MS;
}

function isWatcher(core: Core, serviceGroup: string, leaderId: string): boolean {
  const { members, self, services } = core.state;
  const group = services.get(serviceGroup);
  if (group?.get(self) === undefined || group.get(self)?.stopped === true) return false;
  const { registry } = members;
  const leader = registry.short(registry.number(leaderId));
  const ownDistance = distance(leader, registry.short(registry.number(self)));
  let nearer = 0;
  for (const { memberId, stopped } of group.values()) {
    if (stopped === true || memberId === leaderId || memberId === self) continue;
    const entry = members.get(memberId);
    if (entry?.health !== "alive" || !isOwn(entry.member)) continue;
    if (distance(leader, registry.short(registry.number(memberId))) < ownDistance) nearer++;
    if (nearer >= CONFIRMERS) return false;
  }
  return true;
}
