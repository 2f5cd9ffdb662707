// Elections of a group's leader and of the leader of its rolling update (reference/butterfly.md §13): one rumor a group,
// in which everybody's votes gather and the best candidate stands; only the candidate itself declares it finished.
import { compareBytes } from "./byte-order.ts";
import { startHot } from "./heat.ts";
import { electorate, hasQuorum } from "./quorum.ts";
import { type Election, electionKey, MAXIMUM_U64 } from "./rumor.ts";
import type { RingState } from "./state.ts";

export type ElectionKind = "election" | "election-update";

/** What this member's suitability hook says for a group; 0 where there is none. */
export type Suitability = (serviceGroup: string) => bigint;

/** Stands as a candidate with the own vote. Merged: a finished or newer election stays. */
export function startElection(
  state: RingState,
  kind: ElectionKind,
  serviceGroup: string,
  term: bigint,
  suitability: bigint,
): void {
  mergeElection(state, kind, {
    serviceGroup,
    candidate: state.self,
    term,
    suitability,
    status: openStatus(state, serviceGroup),
    votes: [state.self],
  });
  startHot(state.heat, electionKey(kind, serviceGroup));
}

/** Takes in an election heard from the ring or read from disk (§13.3). True when something changed or is to be told. */
export function insertElection(
  state: RingState,
  kind: ElectionKind,
  incoming: Election,
  suitability: Suitability,
): boolean {
  const { serviceGroup, term } = incoming;
  if (!state.services.get(serviceGroup)?.has(state.self)) return mergeElection(state, kind, incoming);
  const stored = storeOf(state, kind).get(serviceGroup);
  const own = (): bigint => (kind === "election" ? suitability(serviceGroup) : 0n);
  if (stored === undefined) {
    startElection(state, kind, serviceGroup, term, own());
  } else if (term > stored.term) {
    const led = stored.candidate === state.self;
    if (kind === "election" && !led && incoming.candidate !== stored.candidate) return false;
    storeOf(state, kind).delete(serviceGroup);
    // A leader of the term before keeps its place if it can.
    startElection(state, kind, serviceGroup, term, kind === "election" && led ? MAXIMUM_U64 : own());
  }
  return mergeElection(state, kind, seenFromHere(state, incoming, stored !== undefined));
}

/**
 * The once-a-second check (§13.5): an election is held anew when its leader is ourselves without quorum, when its leader
 * is dead, gone or unknown, or when `triggered` says so. Returns the groups in which that happened.
 */
export function restartElections(
  state: RingState,
  kind: ElectionKind,
  suitability: Suitability,
  triggered: (serviceGroup: string) => boolean,
): string[] {
  const restarted: string[] = [];
  for (const stored of [...storeOf(state, kind).values()]) {
    const { serviceGroup, candidate, term } = stored;
    if (!state.services.get(serviceGroup)?.has(state.self)) continue;
    if (!triggered(serviceGroup) && !hasFailed(state, stored)) continue;
    storeOf(state, kind).delete(serviceGroup);
    const led = candidate === state.self;
    const own = kind === "election-update" ? 0n : led ? MAXIMUM_U64 : suitability(serviceGroup);
    startElection(state, kind, serviceGroup, term + 1n, own);
    restarted.push(serviceGroup);
  }
  return restarted;
}

function hasFailed(state: RingState, { serviceGroup, candidate, status }: Election): boolean {
  if (status !== "finished") return false;
  if (candidate === state.self) return !hasQuorum(state, serviceGroup);
  const health = state.members.get(candidate)?.health;
  return health !== "alive" && health !== "suspect";
}

/** The status as it looks from here; our own candidacy is finished once all who can vote have voted. */
function seenFromHere(state: RingState, incoming: Election, countVotes: boolean): Election {
  const { serviceGroup, candidate, votes } = incoming;
  if (countVotes && candidate === state.self && hasQuorum(state, serviceGroup)) {
    const voters = electorate(state, serviceGroup);
    if (voters.every((id) => votes.includes(id))) return { ...incoming, status: "finished" };
  }
  const ownWithoutQuorum = countVotes && candidate === state.self && !hasQuorum(state, serviceGroup);
  if (incoming.status === "finished" && !ownWithoutQuorum) return incoming;
  return { ...incoming, status: openStatus(state, serviceGroup) };
}

function openStatus(state: RingState, serviceGroup: string): Election["status"] {
  return hasQuorum(state, serviceGroup) ? "running" : "no-quorum";
}

function mergeElection(state: RingState, kind: ElectionKind, incoming: Election): boolean {
  const store = storeOf(state, kind);
  const stored = store.get(incoming.serviceGroup);
  const { kept, share } = stored === undefined ? { kept: incoming, share: true } : merged(stored, incoming);
  if (!share) return false;
  store.set(incoming.serviceGroup, kept);
  state.counters[kind === "election" ? "elections" : "electionUpdates"]++;
  startHot(state.heat, electionKey(kind, incoming.serviceGroup));
  return true;
}

/** The merge of two elections (§13.4); `share` also where the stored one wins, so that the other side hears of it. */
export function merged(stored: Election, incoming: Election): { kept: Election; share: boolean } {
  if (areEqual(stored, incoming)) return { kept: stored, share: false };
  if (incoming.term >= stored.term && incoming.status === "finished") return { kept: incoming, share: true };
  if (incoming.term === stored.term && stored.status === "finished")
    return { kept: withVotes(stored, incoming), share: true };
  if (stored.term > incoming.term) return { kept: stored, share: true };
  const storedWins =
    stored.suitability > incoming.suitability ||
    (stored.suitability === incoming.suitability && compareBytes(stored.candidate, incoming.candidate) >= 0);
  return { kept: storedWins ? withVotes(stored, incoming) : withVotes(incoming, stored), share: true };
}

function withVotes(winner: Election, other: Election): Election {
  const known = new Set(winner.votes);
  return { ...winner, votes: [...winner.votes, ...other.votes.filter((vote) => !known.has(vote))] };
}

/** Compat: the order of the votes counts. */
function areEqual(a: Election, b: Election): boolean {
  return (
    a.serviceGroup === b.serviceGroup &&
    a.candidate === b.candidate &&
    a.term === b.term &&
    a.suitability === b.suitability &&
    a.status === b.status &&
    a.votes.length === b.votes.length &&
    a.votes.every((vote, index) => vote === b.votes[index])
  );
}

function storeOf(state: RingState, kind: ElectionKind): Map<string, Election> {
  return kind === "election" ? state.elections : state.electionUpdates;
}
