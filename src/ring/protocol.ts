// What goes into a member's protocol machine and what comes out of it (issue of the ring; docs/decisions/0023-ring.md).
// The machine is pure: sockets, timers, disk, clock and randomness belong to whoever runs it, a node (node/) with real
// ones or the simulator (sim/) with made-up ones.
import type { Member, Membership } from "./member.ts";
import type { Rumor } from "./rumor.ts";
import type { RingState } from "./state.ts";

/** Where a member listens. `host` is an IPv4 or (members of ours only) IPv6 address, never a name. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A member id in 48 bits (`shortId`), where both sides know the long one already. */
export type ShortId = number;

/** A hash in 48 bits, exact in a number: sums of them modulo 2^48 stand for sets of records. */
export type Hash48 = number;

/** What a member of ours can do, told in `Member.abilities`; an original member has none. */
export const ABILITY = {
  /** Understands every extension of this file. */
  own: 1,
} as const;

/** One UDP datagram (reference/butterfly.md §3). The last three kinds go to members of ours only. */
export type SwimMessage =
  | {
      readonly kind: "ping";
      readonly from: Member;
      /** Whom the Ack is to be handed on to, when pinging on behalf of a PingReq. */
      readonly forwardTo?: Member;
      readonly membership: readonly Membership[];
      /** Extension: comes back in the Ack. */
      readonly sequence?: number;
      /** Extension: the digest of all the sender stores. */
      readonly digest?: Hash48;
    }
  | {
      readonly kind: "ack";
      readonly from: Member;
      readonly forwardTo?: Member;
      readonly membership: readonly Membership[];
      readonly sequence?: number;
      readonly digest?: Hash48;
    }
  | {
      readonly kind: "ping-req";
      readonly from: Member;
      readonly target: Member;
      readonly membership: readonly Membership[];
      readonly sequence?: number;
    }
  | { readonly kind: "probe-ping"; readonly from: Member; readonly membership: readonly Membership[] }
  /** A Ping between members that know each other: who asks, a number, and the digest of what it stores. */
  | {
      readonly kind: "short-ping";
      readonly from: ShortId;
      readonly to: ShortId;
      readonly incarnation: bigint;
      readonly sequence: number;
      readonly digest: Hash48;
    }
  | {
      readonly kind: "short-ack";
      readonly from: ShortId;
      readonly incarnation: bigint;
      readonly sequence: number;
      readonly digest: Hash48;
    }
  /** The relay of a PingReq reached nobody in time but is there itself. */
  | { readonly kind: "nack"; readonly from: ShortId; readonly sequence: number };

/** One message over TCP: a rumor (§4), or, between members of ours, a step of their synchronisation. */
export type GossipMessage =
  | Rumor
  /** First on every connection to a member of ours: who speaks. */
  | { readonly kind: "hello"; readonly from: Member }
  /** How much is stored, and its digest by bucket: asks for the difference. */
  | {
      readonly kind: "summary";
      readonly fromId: string;
      readonly records: number;
      /** One sum a bucket. */
      readonly buckets: readonly Hash48[];
    }
  /** What is stored in the named buckets: key and version hashes by turns. */
  | {
      readonly kind: "versions";
      readonly fromId: string;
      readonly buckets: readonly number[];
      readonly versions: readonly Hash48[];
    }
  /** Asks for the records with these key hashes. */
  | { readonly kind: "want"; readonly fromId: string; readonly keys: readonly Hash48[] };

/** What happens to a member. */
export type RingEvent =
  /** The first event; `peers` are the addresses to join by. */
  | { readonly kind: "start"; readonly peers: readonly Address[] }
  /** Other addresses to join by (a peer file changed, a name resolves differently). */
  | { readonly kind: "peers"; readonly peers: readonly Address[] }
  | { readonly kind: "datagram"; readonly from: Address; readonly message: SwimMessage }
  /**
   * A message over a TCP connection somebody opened to us. `from` is the far end's address without a port; `by` the member
   * that introduced itself by a `hello` on this connection.
   */
  | { readonly kind: "message"; readonly from: string; readonly by?: string; readonly message: GossipMessage }
  /** The time asked for by `wakeAt` has come. `lateMs`: how long after it this is looked at. */
  | { readonly kind: "timer"; readonly lateMs: number }
  /** Messages of a `push` were taken over by the far end's kernel, or were not: then none of them counts as sent. */
  | { readonly kind: "pushed"; readonly push: number; readonly delivered: boolean }
  /**
   * A TCP connection we opened: up (`own`: the far end is a member of ours), closed by the far end ("closed": its process
   * ended or let us go), refused (nothing listens there), or without answer ("lost").
   */
  | { readonly kind: "link"; readonly to: string; readonly state: "up"; readonly own: boolean }
  | { readonly kind: "link"; readonly to: string; readonly state: "closed" | "refused" | "lost" }
  /**
   * What came of a `knock`: "open" (something listens: the far kernel took the connection, even if the process sleeps),
   * "refused" (the host lives, nothing listens), "silent" (no answer within the time given).
   */
  | { readonly kind: "knocked"; readonly to: string; readonly answer: "open" | "refused" | "silent" }
  /** ICMP: nothing listens for datagrams at this address. */
  | { readonly kind: "unreachable"; readonly address: Address }
  /** A rumor of our own or from the control gateway: a service, configuration, a file, a departure. */
  | { readonly kind: "announce"; readonly rumor: Rumor }
  /** Our service of this group stopped for good. */
  | { readonly kind: "withdraw"; readonly serviceGroup: string }
  /** Take part in the group's election. `suitability` is what the hook says now. */
  | {
      readonly kind: "elect";
      readonly election: "election" | "election-update";
      readonly serviceGroup: string;
      readonly suitability: bigint;
    }
  /** The suitability hook's word on a group has changed; used in the next election. */
  | { readonly kind: "suitability"; readonly serviceGroup: string; readonly suitability: bigint }
  /** A new election is asked for by hand (§13.5): of this kind, else of the first kind the group has held. */
  | {
      readonly kind: "re-elect";
      readonly serviceGroup: string;
      readonly election?: "election" | "election-update";
    }
  /** An orderly end: say so to the others. */
  | { readonly kind: "leave" };

/** What a member wants done. */
export type RingEffect =
  | { readonly kind: "datagram"; readonly to: Address; readonly message: SwimMessage }
  /**
   * Messages to a member over TCP, in order, by the connection already open or a new one. Answered by `pushed` with the
   * same number. `once`: close it after these messages (an original member does so; nothing keeps the connection).
   */
  | {
      readonly kind: "push";
      readonly push: number;
      readonly to: string;
      readonly address: Address;
      readonly messages: readonly GossipMessage[];
      readonly once?: boolean;
    }
  /** Opens (or keeps) a connection to a member: rumors will go there. */
  | { readonly kind: "link"; readonly to: string; readonly address: Address }
  /** The connection to this member is no longer needed. */
  | { readonly kind: "unlink"; readonly to: string }
  /**
   * Tries to open a TCP connection to a member's gossip port, for no other purpose than to see whether its host and its
   * process are there; closed at once. Answered by `knocked` with the same `to`, after `withinMs` at the latest.
   */
  | { readonly kind: "knock"; readonly to: string; readonly address: Address; readonly withinMs: number }
  /** The own incarnation rose: it must be on disk before it is forgotten. */
  | { readonly kind: "incarnation"; readonly incarnation: bigint }
  /** A Departure named us: the Supervisor has to end. */
  | { readonly kind: "departed" }
  /** For a log, metrics and the simulator's story; changes nothing. */
  | { readonly kind: "note"; readonly note: RingNote };

/** Things worth telling about, by what a person would ask. */
export type RingNote =
  | {
      readonly kind: "health";
      readonly member: string;
      readonly from: string | undefined;
      readonly to: string;
      readonly why: string;
    }
  | { readonly kind: "refuted"; readonly incarnation: bigint }
  | {
      readonly kind: "election";
      readonly serviceGroup: string;
      readonly what: string;
      readonly term: bigint;
      readonly candidate: string;
    }
  /** What the ring knew when we came, we know now, or there was nobody to tell us. */
  | { readonly kind: "arrived" }
  | { readonly kind: "synced"; readonly with: string; readonly received: number; readonly sent: number }
  | { readonly kind: "awareness"; readonly score: number; readonly why: string }
  | { readonly kind: "forgotten"; readonly what: string; readonly count: number }
  | { readonly kind: "refused"; readonly what: string; readonly why: string }
  | {
      readonly kind: "probe";
      readonly outcome: "ack" | "indirect" | "failed";
      readonly member: string;
      readonly tookMs: number;
    };

/** One member's protocol, ours (`machine/`) or the model of an original one (`sim/original/`). */
export interface RingMachine {
  readonly state: RingState;
  /** Takes in one event at a time `now` (milliseconds, monotonic) and says what to do. Never throws on what others sent. */
  step(event: RingEvent, now: number): RingEffect[];
  /** When the machine wants its next `timer` event: milliseconds on the same clock; Infinity for never. */
  wakeAt(): number;
  /** What is going on inside, for people. */
  insight?(): RingInsight;
}

/** What a person wants to know when a ring does not do what it should. */
export interface RingInsight {
  /** Distrust in oneself, 0 (none) to 7. */
  readonly awareness: number;
  /** Member ids rumors are pushed to. */
  readonly neighbours: readonly string[];
  /** Original members this one tells everything. */
  readonly servedOriginals: readonly string[];
  /** Rumors not yet handed over, over all neighbours. */
  readonly owed: number;
  /** Members being probed. */
  readonly probing: readonly string[];
  /** Addresses to join by where nobody alive has answered. */
  readonly missingPeers: readonly Address[];
  /** For how long stores have differed from those of others, milliseconds. */
  readonly differentForMs: number;
  /** How many entries the machine's own books have, by name: what must not grow without end. */
  readonly sizes: Readonly<Record<string, number>>;
}

/** What every machine is made with. */
export interface MachineOptions {
  readonly state: RingState;
  /** As announced: ports to reach us by, whether we are a permanent peer. `address` is empty unless one is advertised. */
  readonly self: Pick<Member, "address" | "swimPort" | "gossipPort" | "persistent">;
  /** Numbers from 0 up to 1, from a seed in the simulator. */
  readonly random: () => number;
}
