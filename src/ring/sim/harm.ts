// What originals suffer, and from whom: a thread that ends or a line of error in their log (butterfly.md §5.3, §5.4). What
// they do to each other is the original's affair; nothing of it may come from what a member of ours said. Blamed is the
// sender of the last message that led to it, which may be long before: a thread ends when it comes to use what was said.
import type { RingEffect, RingEvent, RingNote } from "../protocol.ts";
import type { RingState } from "../state.ts";
import type { Host } from "./host.ts";
import { electionChanges, electionFor, memberChanges } from "./view.ts";

export interface Harm {
  readonly to: Host;
  readonly by: Host;
  readonly what: string;
}

interface Said {
  readonly by: Host;
  /** Counts the messages the member has had. */
  readonly turn: number;
}

/** What an original was told, and by whom. */
class Hearer {
  process = -1;
  turn = 0;
  members = -1;
  elections = -1;
  /** Member id → who last told what changed something about it. */
  readonly ofMember = new Map<string, Said>();
  /** Member id → who told of it first. */
  readonly ofArrival = new Map<string, Said>();
  /** By group, of its election. */
  readonly ofElection = new Map<string, Said>();
}

const UNKNOWN_TARGET = "PingReq for an unknown member";
const NO_LEADER = /^main: No leader with finished election of (.+)$/;
const NO_ADDRESS = /Cannot parse the address of member (.+)$/;

/** Watches one ring. `hostAt`: whose address that is; `tell`: hears of each harm. */
export class HarmWatch {
  readonly #hostAt: (address: string) => Host | undefined;
  readonly #tell: (harm: Harm) => void;
  readonly #hearers = new Map<Host, Hearer>();

  constructor(hostAt: (address: string) => Host | undefined, tell: (harm: Harm) => void) {
    this.#hostAt = hostAt;
    this.#tell = tell;
  }

  /** To be told of every step of an original. */
  stepped(host: Host, event: RingEvent, effects: readonly RingEffect[]): void {
    const state = host.machine?.state;
    if (state === undefined) return;
    const hearer = this.#hearerOf(host);
    const sender = this.#senderOf(event);
    if (sender !== undefined) remember(hearer, state, event, sender);
    for (const effect of effects) {
      if (effect.kind !== "note" || effect.note.kind !== "refused") continue;
      // What every member asks of others now and then (§5.4), and cannot know beforehand.
      if (effect.note.why === UNKNOWN_TARGET) continue;
      const by = culprit(hearer, state, effect.note, sender);
      if (by !== undefined) this.#tell({ to: host, by, what: `${effect.note.what}: ${effect.note.why}` });
    }
  }

  #hearerOf(host: Host): Hearer {
    const known = this.#hearers.get(host);
    if (known?.process === host.process) return known;
    const hearer = new Hearer();
    hearer.process = host.process;
    this.#hearers.set(host, hearer);
    return hearer;
  }

  #senderOf(event: RingEvent): Host | undefined {
    if (event.kind === "datagram") return this.#hostAt(event.from.host);
    return event.kind === "message" ? this.#hostAt(event.from) : undefined;
  }
}

/** Takes note of what the event changed. */
function remember(hearer: Hearer, state: RingState, event: RingEvent, by: Host): void {
  const said: Said = { by, turn: hearer.turn++ };
  const members = memberChanges(state);
  if (members !== hearer.members) {
    hearer.members = members;
    for (const id of membersIn(event)) {
      hearer.ofMember.set(id, said);
      if (!hearer.ofArrival.has(id)) hearer.ofArrival.set(id, said);
    }
  }
  const elections = electionChanges(state);
  if (elections === hearer.elections) return;
  hearer.elections = elections;
  if (
    event.kind === "message" &&
    (event.message.kind === "election" || event.message.kind === "election-update")
  )
    hearer.ofElection.set(event.message.value.serviceGroup, said);
}

function membersIn(event: RingEvent): string[] {
  if (event.kind === "message") return event.message.kind === "member" ? [event.message.value.member.id] : [];
  if (event.kind !== "datagram" || !("membership" in event.message)) return [];
  return [event.message.from.id, ...event.message.membership.map(({ member }) => member.id)];
}

/** Who is to blame; nobody where no message led to it. */
function culprit(
  { ofArrival, ofElection, ofMember }: Hearer,
  state: RingState,
  { what, why }: Extract<RingNote, { kind: "refused" }>,
  sender: Host | undefined,
): Host | undefined {
  if (what !== "crash") return sender;
  const group = NO_LEADER.exec(why)?.[1];
  if (group !== undefined) {
    // The election came first or the word that there is its candidate: until then the candidate does not count (§13.5). One that was
    // suspected meanwhile lives on in any case.
    const election = ofElection.get(group);
    const candidate = electionFor(state, group)?.candidate ?? "";
    const word = ofArrival.get(candidate);
    // That it lives, a candidate may say in any case: it cannot know what others have told of it.
    return (word?.by.id === candidate ? election : latest(election, word))?.by;
  }
  const member = NO_ADDRESS.exec(why)?.[1];
  return (member === undefined ? undefined : ofMember.get(member)?.by) ?? sender;
}

function latest(one: Said | undefined, other: Said | undefined): Said | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.turn > other.turn ? one : other;
}
