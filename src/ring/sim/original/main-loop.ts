// What an original's Supervisor does for the ring once a second (reference/butterfly.md §13.5, §15), and its orderly end
// (§9.6).
import { type ElectionKind, restartElections, startElection } from "../../election.ts";
import { startHot } from "../../heat.ts";
import type { Address } from "../../protocol.ts";
import { memberKey } from "../../rumor.ts";
import {
  type Context,
  note,
  otherMembers,
  ownMember,
  raiseOwnIncarnation,
  send,
  swimAddress,
  type Thread,
  ThreadPanic,
} from "./context.ts";
import { membershipsFor } from "./piggyback.ts";
import { suitabilityOf, tellElection } from "./pull.ts";
import { LEAVE_FAN_OUT, MAIN_LOOP_MS } from "./timing.ts";

export function* mainThread(context: Context): Thread {
  for (;;) {
    const { state } = context;
    if (state.departed) {
      leave(context);
      context.effects.push({ kind: "departed" });
      return;
    }
    if (context.newPeers !== undefined && state.members.size === 0) {
      context.initialMembers = initialMembers(context, context.newPeers);
      context.newPeers = undefined;
    }
    restart(context, "election");
    restart(context, "election-update");
    checkLeaders(context);
    yield context.now + MAIN_LOOP_MS;
  }
}

/** Says that we go: to ten of those we know, in Acks nobody asked for, the dead included. */
export function leave(context: Context): void {
  const { state, now } = context;
  if (context.leaving) return;
  context.leaving = true;
  raiseOwnIncarnation(context, state.incarnation);
  const own = state.members.get(state.self);
  // Compat: with the old incarnation, and unlike another's departure it leaves the own services hot.
  if (own !== undefined) {
    state.members.set(state.self, { member: own.member, health: "departed", since: now });
    startHot(state.heat, memberKey(state.self));
  }
  const told = context.shuffle(otherMembers(context), "leave").slice(0, LEAVE_FAN_OUT);
  for (const member of told) {
    const membership = membershipsFor(context, member);
    send(context, swimAddress(member), { kind: "ack", from: ownMember(context), membership });
  }
}

/** Stands for a service of ours that starts: as a leader, or for the lead of a rolling update. */
export function elect(context: Context, kind: ElectionKind, serviceGroup: string, suitability: bigint): void {
  const { state } = context;
  const store = kind === "election" ? state.elections : state.electionUpdates;
  const before = store.get(serviceGroup);
  if (kind === "election") context.leaderGroups.add(serviceGroup);
  startElection(state, kind, serviceGroup, 0n, suitability);
  tellElection(context, before, store.get(serviceGroup));
}

/** Stand-ins for the members at the addresses to join by. Compat: their ids are made up, and kept in the heat. */
export function initialMembers({ options }: Context, peers: readonly Address[]): Context["initialMembers"] {
  return peers.map(({ host, port }) => ({
    id: Array.from({ length: 32 }, () => Math.floor(options.random() * 16).toString(16)).join(""),
    incarnation: 0n,
    address: host,
    swimPort: port,
    gossipPort: port,
    persistent: false,
    departed: false,
    probePing: false,
  }));
}

function restart(context: Context, kind: ElectionKind): void {
  const { state, triggered } = context;
  const store = kind === "election" ? state.elections : state.electionUpdates;
  if (store.size === 0) return;
  const suitability = (group: string): bigint => suitabilityOf(context, group);
  for (const group of restartElections(state, kind, suitability, (name) => triggered.delete(name))) {
    const election = store.get(group);
    if (election === undefined) continue;
    const { serviceGroup, term, candidate } = election;
    note(context, { kind: "election", serviceGroup, what: "restarted", term, candidate });
  }
}

/** The Supervisor cannot bear a leader that has no service in its group (§5.3). */
function checkLeaders({ state, leaderGroups }: Context): void {
  for (const serviceGroup of leaderGroups) {
    const election = state.elections.get(serviceGroup);
    if (election?.status !== "finished") continue;
    if (state.services.get(serviceGroup)?.has(election.candidate) !== true)
      throw new ThreadPanic(`No leader with finished election of ${serviceGroup}`);
  }
}
