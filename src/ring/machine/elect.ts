// Elections that come to an end. The message, the votes and who wins are the original's (reference/butterfly.md §13), so
// that members of both kinds elect together; what makes the original's stick is replaced: every member looks at each of
// its groups again whenever something changed and every half second, stands itself where the candidate is gone, takes
// over any newer result, and all choose the same of two results of one term.
import { startElection } from "../election.ts";
import { startHot } from "../heat.ts";
import { electorate, hasQuorum, population } from "../quorum.ts";
import { type Election, electionKey, MAXIMUM_U64, type RumorKey } from "../rumor.ts";
import {
  ELECTION_BATCH_MS,
  ELECTION_LONGEST_BATCH_MS,
  ELECTION_MAJORITY_MS,
  ELECTION_PATIENCE_MS,
  ELECTION_REPEAT_MS,
  ELECTION_REUNION_MS,
  HOUSEKEEPING_MS,
  NEWER_TERM_MS,
} from "../timing.ts";
import { chosen, isSame } from "./ballot.ts";
import { type Core, isOwn, note } from "./core.ts";
import { owe, pushNow } from "./couriers.ts";
import {
  GROUP_LIMIT,
  HEARD_ELECTION_LIMIT,
  RECORD_LIMIT,
  TERM_LIMIT,
  VOTE_LIMIT,
  VOTE_TEXT_LIMIT,
} from "./limits.ts";
import { textLength } from "./records.ts";
import { canVote, isGone, isLeading, takesPart } from "./standing.ts";

/** How much longer than the process is late votes are gathered. */
const BATCH_TO_LATENESS = 4;

export type ElectionKind = "election" | "election-update";

interface Candidacy {
  suitability: bigint;
  /** When the election in its present term began, or was last told anew. */
  since: number;
  term: bigint | undefined;
  repeatedAt: number;
  /** In this term the votes of most are enough at once: an original candidate, that would outdo us again, is slow to stand. */
  hurryIn: bigint | undefined;
  /** Whether enough could vote when last looked at, in the present term; since when, if that was not so before. */
  quorum: boolean;
  reunitedAt: number | undefined;
  /** Since when a newer term is heard of that the own leader has not answered. */
  newerSince: number | undefined;
}

export interface Elections {
  /** Groups we take part in, by kind and group. */
  readonly taking: Map<string, Candidacy>;
  /** Changed elections not yet told: votes come in bursts. */
  readonly unsaid: Map<string, RumorKey>;
  sayAt: number;
  lookAt: number;
}

export function noElections(): Elections {
  return { taking: new Map(), unsaid: new Map(), sayAt: Number.POSITIVE_INFINITY, lookAt: 0 };
}

/** Takes part in a group's election from now on. A finished or newer election stays. */
export function takePart(core: Core, kind: ElectionKind, serviceGroup: string, suitability: bigint): void {
  ensureCandidacy(core, kind, serviceGroup).suitability = suitability;
  reconsider(core, kind, serviceGroup);
}

/** No longer takes part: the service of this group has stopped. */
export function withdrawFromElections(core: Core, serviceGroup: string): void {
  for (const kind of ["election", "election-update"] as const)
    core.elections.taking.delete(`${kind} ${serviceGroup}`);
}

/** Notes what the suitability hook says now; it counts in the next election. */
export function changeSuitability(core: Core, serviceGroup: string, suitability: bigint): void {
  const taking = core.elections.taking.get(`election ${serviceGroup}`);
  if (taking !== undefined) taking.suitability = suitability;
}

/** Holds a new election though the leader is well (§13.5): of this kind, else of the first one there is. */
export function holdElection(core: Core, serviceGroup: string, only?: ElectionKind): void {
  for (const kind of only === undefined ? (["election", "election-update"] as const) : [only]) {
    const stored = storeOf(core, kind).get(serviceGroup);
    if (stored === undefined || !takesPart(core, serviceGroup)) continue;
    restart(core, kind, stored, "asked for");
    return;
  }
}

/** An election heard of, or read from disk. */
export function hearElection(core: Core, kind: ElectionKind, heard: Election): void {
  const incoming = { ...heard, votes: [...new Set(heard.votes)].sort() };
  const { serviceGroup } = incoming;
  const store = storeOf(core, kind);
  if (!isWelcome(core, kind, incoming)) return;
  const { taking } = core.elections;
  const takes =
    takesPart(core, serviceGroup) &&
    (taking.has(`${kind} ${serviceGroup}`) || taking.size < HEARD_ELECTION_LIMIT);
  if (takes) ensureCandidacy(core, kind, serviceGroup);
  if (takes && !store.has(serviceGroup)) stand(core, kind, serviceGroup, incoming.term);
  const stored = store.get(serviceGroup);
  if (stored === undefined) {
    keep(core, kind, undefined, incoming);
    return;
  }
  if (isSame(stored, incoming)) {
    // Each neighbour tells it: most of what is heard.
    if (takes) reconsider(core, kind, serviceGroup);
    return;
  }
  if (isBehind(core, kind, stored, incoming)) return;
  if (!takes) {
    keep(core, kind, stored, incoming.term > stored.term ? incoming : chosen(stored, incoming));
    return;
  }
  if (
    incoming.status !== "finished" &&
    incoming.term > stored.term &&
    !joinTerm(core, kind, stored, incoming)
  )
    return;
  const own = store.get(serviceGroup) ?? stored;
  keep(core, kind, own, chosen(own, incoming));
  reconsider(core, kind, serviceGroup);
}

/** Looks at all groups we take part in; answers the elections that are to be told now. */
export function driveElections(core: Core, changed: boolean): RumorKey[] {
  const { elections } = core;
  if (changed) elections.lookAt = Math.min(elections.lookAt, core.now + ELECTION_BATCH_MS);
  if (core.now >= elections.lookAt) {
    elections.lookAt = core.now + HOUSEKEEPING_MS;
    for (const key of elections.taking.keys()) {
      const [kind, serviceGroup] = splitKey(key);
      reconsider(core, kind, serviceGroup);
    }
  }
  if (core.now < elections.sayAt) return [];
  elections.sayAt = Number.POSITIVE_INFINITY;
  const keys = [...elections.unsaid.values()];
  elections.unsaid.clear();
  return keys;
}

export function electionsDue({ elections }: Core): number {
  return elections.taking.size === 0 ? elections.sayAt : Math.min(elections.sayAt, elections.lookAt);
}

/**
 * A changed election is told a moment later, with the votes that come in meanwhile: a longer one where this process is late,
 * for votes then come faster than it can pass each on.
 */
export function tellElection({ elections, now, lateMs }: Core, key: RumorKey): void {
  const pause = Math.min(ELECTION_LONGEST_BATCH_MS, Math.max(ELECTION_BATCH_MS, BATCH_TO_LATENESS * lateMs));
  elections.unsaid.set(`${key.kind} ${key.key}`, key);
  elections.sayAt = Math.min(elections.sayAt, now + pause);
}

/** What must be done about a group's election as things stand. */
function reconsider(core: Core, kind: ElectionKind, serviceGroup: string): void {
  const { state } = core;
  if (!takesPart(core, serviceGroup)) return;
  const stored = storeOf(core, kind).get(serviceGroup);
  if (stored === undefined) {
    stand(core, kind, serviceGroup, 0n);
    return;
  }
  const candidacy = core.elections.taking.get(`${kind} ${serviceGroup}`);
  if (candidacy !== undefined && candidacy.term !== stored.term) {
    candidacy.term = stored.term;
    candidacy.since = core.now;
    candidacy.newerSince = undefined;
    candidacy.reunitedAt = undefined;
    candidacy.quorum = true;
  }
  if (stored.status === "finished") {
    if (stored.candidate === state.self) {
      if (!hasQuorum(state, serviceGroup)) restart(core, kind, stored, "the leader lost its quorum");
    } else if (isGone(core, serviceGroup, stored.candidate, candidacy?.since))
      restart(core, kind, stored, "the leader is gone");
    return;
  }
  if (stored.candidate !== state.self && !canVote(core, serviceGroup, stored.candidate)) {
    if (isGone(core, serviceGroup, stored.candidate, candidacy?.since))
      restart(core, kind, stored, "the candidate is gone");
    return;
  }
  const quorum = hasQuorum(state, serviceGroup);
  if (candidacy !== undefined) noteQuorum(core, candidacy, quorum);
  let next: Election = withOwnVote(core, stored, kind);
  const status = quorum ? "running" : "no-quorum";
  if (next.candidate === state.self && quorum) {
    next = { ...next, status: hasWon(core, next, candidacy) ? "finished" : "running" };
  } else if (next.status !== status) next = { ...next, status };
  if (next !== stored) keep(core, kind, stored, next);
  if (next.status !== "running" || candidacy === undefined) return;
  if (core.now - candidacy.since > ELECTION_PATIENCE_MS * (1 + ownDelay(core))) {
    // An original candidate waits for the vote of everybody, for ever: also of an original that holds on to an earlier leader.
    const stuck = isOriginal(core, next.candidate);
    if (stuck) candidacy.hurryIn = next.term + 1n;
    restart(core, kind, next, "it did not come to an end", stuck);
    return;
  }
  if (core.now - candidacy.repeatedAt >= ELECTION_REPEAT_MS) {
    candidacy.repeatedAt = core.now;
    startHot(state.heat, electionKey(kind, serviceGroup));
  }
}

/** A term begins again with the quorum: until then nobody could have brought it to an end. */
function noteQuorum({ now }: Core, candidacy: Candidacy, quorum: boolean): void {
  if (quorum && !candidacy.quorum) {
    candidacy.since = now;
    candidacy.reunitedAt = now;
  }
  candidacy.quorum = quorum;
}

/**
 * All who can vote have. After some time it is enough that most of the population has: one that hears us by half, and an
 * original member that holds on to the leader of an earlier term (§19.11), must not keep a group without a leader. Votes go over to
 * the better candidate (§13.4), also those that made another one leader where we did not hear it: after a time without quorum
 * such votes may come late, so it is first heard what the others decided.
 */
function hasWon(core: Core, { serviceGroup, votes, term }: Election, candidacy?: Candidacy): boolean {
  const { state, now } = core;
  if (term > 0n && candidacy?.reunitedAt !== undefined && now - candidacy.reunitedAt < ELECTION_REUNION_MS)
    return false;
  const voters = electorate(state, serviceGroup);
  const given = new Set(votes);
  const voted = voters.filter((id) => given.has(id)).length;
  if (voted === voters.length) return true;
  if (candidacy === undefined) return false;
  if (candidacy.hurryIn !== term && now - candidacy.since < ELECTION_MAJORITY_MS) return false;
  return voted > Math.floor(population(state, serviceGroup).length / 2);
}

/** The candidate of the stored election, or ourselves if we are the better one; with our vote. */
function withOwnVote(core: Core, stored: Election, kind: ElectionKind): Election {
  const { state } = core;
  const own = suitabilityOf(core, kind, stored.serviceGroup);
  const better =
    stored.candidate !== state.self &&
    !stored.votes.includes(state.self) &&
    (own > stored.suitability || (own === stored.suitability && state.self > stored.candidate));
  const votes = stored.votes.includes(state.self) ? stored.votes : [...stored.votes, state.self].sort();
  if (better) return { ...stored, candidate: state.self, suitability: own, votes };
  return votes === stored.votes ? stored : { ...stored, votes };
}

/** A newer term began elsewhere. False where it is not for us to join: our leader lives, and will answer for itself. */
function joinTerm(core: Core, kind: ElectionKind, stored: Election, incoming: Election): boolean {
  const { state } = core;
  const { serviceGroup, term } = incoming;
  const led = stored.candidate === state.self && stored.status === "finished";
  if (
    kind === "election" &&
    !led &&
    stored.status === "finished" &&
    stored.candidate !== incoming.candidate &&
    isLeading(core, serviceGroup, stored.candidate)
  ) {
    // It has to hear of the newer term to keep its place in it; if it does not, it leads no longer (§19.11).
    const candidacy = ensureCandidacy(core, kind, serviceGroup);
    candidacy.newerSince ??= core.now;
    if (core.now - candidacy.newerSince < NEWER_TERM_MS) {
      pushNow(core, stored.candidate, [{ kind, fromId: incoming.candidate, value: incoming }]);
      return false;
    }
  }
  storeOf(core, kind).delete(serviceGroup);
  stand(core, kind, serviceGroup, term, kind === "election" && led ? MAXIMUM_U64 : undefined);
  return true;
}

/** Limits of what others can make us store. */
function isWelcome(core: Core, kind: ElectionKind, { serviceGroup, term, votes }: Election): boolean {
  const store = storeOf(core, kind);
  const stored = store.get(serviceGroup);
  const full =
    stored === undefined &&
    (store.size >= GROUP_LIMIT || core.records.byHash.size >= RECORD_LIMIT) &&
    !takesPart(core, serviceGroup);
  const why = full
    ? `${store.size} elections are stored already`
    : hasTooManyVotes(votes)
      ? "it has too many votes"
      : term >= TERM_LIMIT && (stored === undefined || term > stored.term + 1000n)
        ? `nobody has held ${term} elections`
        : undefined;
  if (why !== undefined) note(core, { kind: "refused", what: kind, why });
  return why === undefined;
}

function hasTooManyVotes(votes: readonly string[]): boolean {
  return votes.length > VOTE_LIMIT || textLength(votes) > VOTE_TEXT_LIMIT;
}

function keep(core: Core, kind: ElectionKind, before: Election | undefined, gathered: Election): void {
  if (before !== undefined && isSame(before, gathered)) return;
  const { state } = core;
  // The votes of several messages together: those of nobody are made up.
  const after = hasTooManyVotes(gathered.votes)
    ? { ...gathered, votes: gathered.votes.filter((id) => state.members.has(id)).slice(0, VOTE_LIMIT) }
    : gathered;
  storeOf(core, kind).set(after.serviceGroup, after);
  state.counters[kind === "election" ? "elections" : "electionUpdates"]++;
  startHot(state.heat, electionKey(kind, after.serviceGroup));
  if (before?.status !== after.status || before.candidate !== after.candidate)
    tellOf(core, after, after.status);
}

/** Begins the next term; before all others where we led, or `mustWin`. */
function restart(core: Core, kind: ElectionKind, stored: Election, why: string, mustWin = false): void {
  const { state } = core;
  const led = kind === "election" && stored.candidate === state.self && stored.status === "finished";
  storeOf(core, kind).delete(stored.serviceGroup);
  stand(core, kind, stored.serviceGroup, stored.term + 1n, led || mustWin ? MAXIMUM_U64 : undefined);
  const now = storeOf(core, kind).get(stored.serviceGroup);
  if (now !== undefined) tellOf(core, now, `held anew: ${why}`);
  reconsider(core, kind, stored.serviceGroup);
}

function stand(
  core: Core,
  kind: ElectionKind,
  serviceGroup: string,
  term: bigint,
  suitability = suitabilityOf(core, kind, serviceGroup),
): void {
  startElection(core.state, kind, serviceGroup, term, suitability);
}

function isOriginal({ state }: Core, id: string): boolean {
  const member = state.members.get(id)?.member;
  return member !== undefined && !isOwn(member);
}

function suitabilityOf(core: Core, kind: ElectionKind, serviceGroup: string): bigint {
  return core.elections.taking.get(`${kind} ${serviceGroup}`)?.suitability ?? 0n;
}

/** A message of an earlier term is answered, so that its sender catches up. */
function isBehind(core: Core, kind: ElectionKind, stored: Election, incoming: Election): boolean {
  const settled = stored.status === "finished" && incoming.status !== "finished";
  if (incoming.term > stored.term || (incoming.term === stored.term && !settled)) return false;
  if (core.teller !== undefined) owe(core, core.teller, electionKey(kind, stored.serviceGroup));
  else if (incoming.candidate !== core.state.self)
    owe(core, incoming.candidate, electionKey(kind, stored.serviceGroup));
  return true;
}

function ensureCandidacy({ elections, now }: Core, kind: ElectionKind, serviceGroup: string): Candidacy {
  const key = `${kind} ${serviceGroup}`;
  const known = elections.taking.get(key);
  if (known !== undefined) return known;
  const candidacy: Candidacy = {
    suitability: 0n,
    since: now,
    term: undefined,
    repeatedAt: now,
    hurryIn: undefined,
    quorum: true,
    reunitedAt: undefined,
    newerSince: undefined,
  };
  elections.taking.set(key, candidacy);
  return candidacy;
}

/** 0 to 1, each member another: so that they do not all begin anew at the same time. */
function ownDelay({ state }: Core): number {
  const { registry } = state.members;
  return registry.short(registry.number(state.self)) / 2 ** 48;
}

function tellOf(core: Core, { serviceGroup, term, candidate }: Election, what: string): void {
  note(core, { kind: "election", serviceGroup, what, term, candidate });
}

function splitKey(key: string): [ElectionKind, string] {
  const at = key.indexOf(" ");
  return [key.slice(0, at) as ElectionKind, key.slice(at + 1)];
}

function storeOf({ state }: Core, kind: ElectionKind): Map<string, Election> {
  return kind === "election" ? state.elections : state.electionUpdates;
}
