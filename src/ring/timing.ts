// How long things take and how often they happen in the ring, in milliseconds, for machines in one network. The original's
// figures (reference/butterfly.md §11) are kept where an original member is concerned: it answers within a second and
// gives a member 3.1 s before it calls it suspect and 9.3 s more before it calls it dead.

/** One member in turn, its successor, is pinged this often; so each member is watched at this period by one other. */
export const PROBE_PERIOD_MS = 1500;

/** Every so many periods somebody else besides the successor is pinged, all in turn (SWIM's random order). */
export const PERIODS_PER_WANDERING_PROBE = 6;

/** No answer to the first Ping for this long: ping again, ask others to, and knock. */
export const DIRECT_ANSWER_MS = 350;

/** A third Ping. */
export const LAST_PING_MS = 650;

/** No answer to anything, and nothing listens either: the member is called suspect. */
export const SILENCE_MS = 1000;

/**
 * Something listens but nobody answers: the process is held up. The original gives 3100 ms, but looks half as often: with the
 * same time we would suspect slow members more often than it does.
 */
export const STALL_MS = 5000;

/** While a stalled member is waited for, it is pinged again this often. */
export const STALL_PING_MS = 500;

/** Nothing listens any more: a Supervisor that only restarts is back by then, so knock again before saying so. */
export const RESTART_GRACE_MS = 350;

/** Relays asked in one probe; the original asks as many. */
export const RELAYS = 5;

/** How long a relay waits for an Ack before it tells that there was none. */
export const NACK_MS = 500;

/** Shortest time between suspicion and confirmation: a member has to hear of it and refute. Grows with the ring. */
export function shortestSuspicionMs(members: number): number {
  return 800 + 200 * Math.log10(Math.max(1, members));
}

/** Longest time between suspicion and confirmation: when nobody else confirms, or somebody listens. The original's. */
export const LONGEST_SUSPICION_MS = 9300;

/** So many others that try in vain bring a suspicion to its shortest time (Lifeguard's k). */
export const CONFIRMATIONS = 2;

/** So many neighbours of a suspect try to reach it themselves as soon as they hear of the suspicion. */
export const CONFIRMERS = 3;

/** Largest score of distrust in oneself (Lifeguard's local health multiplier less one). */
export const MAXIMUM_AWARENESS = 7;

/** An event looked at this much too late says that this process, not the others, is slow. */
export const LATE_MS = 250;

/** Neighbours chosen at random besides the one before and the one after, to which rumors go at once. */
export const RANDOM_LINKS = 3;

/** In large rings the neighbours are looked for at most this often. */
export const LINK_REFRESH_MS = 200;

/** A neighbour that could not be reached is tried again after this. */
export const LINK_RETRY_MS = 1000;

/** Members of ours that see to it that one original member hears everything. */
export const SERVERS_PER_ORIGINAL = 2;

/** Everything is told anew to an original member this often: it never asks, and may have lost something. */
export const RETELL_ORIGINAL_MS = 120_000;

/** Two members whose digests differ compare their stores if nothing changed here for this long… */
export const SETTLED_MS = 500;

/** …or if they have differed for this long, whatever changes. */
export const DIFFERENT_MS = 3000;

/** Comparisons begun by one member are this far apart. */
export const SYNC_PAUSE_MS = 500;

/** A comparison that has not come to its end by then is given up. */
export const SYNC_PATIENCE_MS = 5000;

/** First pause between two attempts to join by the given peers; it doubles up to the last. */
export const JOIN_FIRST_MS = 400;
export const JOIN_LAST_MS = 30_000;

/** A dead member is pinged this often by one that knows it, for ever: so two halves of a ring find each other again. */
export const RECONNECT_MS = 10_000;

/** Pings to a member that has to hear that it is suspected are this far apart. */
export const CHASE_MS = 200;

/** How often elections, expiry and retries are looked at. */
export const HOUSEKEEPING_MS = 500;

/** A confirmed member counts as departed after this (reference/butterfly.md §11). */
export const DEPARTURE_MS = 259_200_000;

/** A departed member and a stopped service are forgotten after this; their age is told along, so all forget together. */
export const FORGET_MS = 86_400_000;

/** What was forgotten is not believed again for this long. Longer than any original member holds on to it between restarts. */
export const TOMBSTONE_MS = 604_800_000;

/** Votes that come in within this time are told together. */
export const ELECTION_BATCH_MS = 20;

/** …and no later than this, however late the process is. */
export const ELECTION_LONGEST_BATCH_MS = 500;

/** An election that runs is told again this often: an original candidate counts its votes only when it hears its own. */
export const ELECTION_REPEAT_MS = 1000;

/** An election that has not come to an end by then, though enough can vote, is held anew; up to twice that, by member. */
export const ELECTION_PATIENCE_MS = 6000;

/** A leader or candidate nothing is known of is waited for this long: word of it may still be on its way. */
export const UNKNOWN_CANDIDATE_MS = 2000;

/** A leader that lives answers a newer term within this, by its own candidacy; after that its followers join the term. */
export const NEWER_TERM_MS = 1000;

/** A candidate of a later term that had no quorum and has it again wins nothing for so long: others may have a leader already. */
export const ELECTION_REUNION_MS = 2000;

/** A candidate waits this long for the votes of all; then those of most are enough. */
export const ELECTION_MAJORITY_MS = 2000;

/** The members of its group that watch a leader ping it this often. */
export const LEADER_WATCH_MS = 600;

/** A leader that others have tried to reach in vain as well is replaced this long after it was suspected. */
export const LEADER_DOUBT_MS = 500;

/** A newcomer that has reached nobody by then elects without having heard what the ring knows. */
export const ARRIVAL_ALONE_MS = 5000;

/** With somebody there, stores are compared within this, or hold the same. */
export const ARRIVAL_COMPARING_MS = 1000;

/** From the comparison until what was asked for has come. */
export const ARRIVAL_FETCHING_MS = 250;
