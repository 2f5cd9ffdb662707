// What the threads of an original member share (reference/butterfly.md §8), and the threads themselves: each is a
// generator that yields the time at which it wants to go on, so that it reads like the loop it stands for.
import type { Member, Membership } from "../../member.ts";
import type { Address, MachineOptions, RingEffect, RingNote, SwimMessage } from "../../protocol.ts";
import { MAXIMUM_U64 } from "../../rumor.ts";
import type { MemberEntry } from "../../member-table.ts";
import type { RingState } from "../../state.ts";

/** The parts of an original that can end alone; with the main one the process ends. */
export type ThreadName = "main" | "inbound" | "outbound" | "expire" | "push" | "pull";

/** Yields when to go on, on the machine's clock. */
export type Thread = Generator<number, void, undefined>;

/** An Ack on its way from the inbound to the outbound thread. */
export interface QueuedAck {
  readonly source: string;
  readonly from: Member;
  readonly forwardTo: Member | undefined;
}

/** A connection by which rumors go to one member. */
export interface PushWorker {
  readonly memberId: string;
  /** Keys of the rumors as the heat has them. */
  readonly texts: readonly string[];
  /** When the last of its messages has waited in vain. */
  readonly givesUpAt: number;
}

/** Which members come first. Free in the original; a replay of what one did has to make the same choices. */
export type Shuffle = (members: readonly Member[], why: "probe" | "push" | "relay" | "leave") => Member[];

export interface OriginalOptions extends MachineOptions {
  /** What the suitability hook says where no event has told. */
  readonly suitability?: (serviceGroup: string) => bigint;
  /** By `random` where absent. */
  readonly shuffle?: Shuffle;
}

export interface Context {
  readonly state: RingState;
  readonly options: OriginalOptions;
  readonly shuffle: Shuffle;
  /** The time of the step going on. */
  now: number;
  /** What the step going on asks for. */
  effects: RingEffect[];
  /** Whether the orderly end has begun: told in everything sent since. */
  leaving: boolean;
  /** Made-up members at the addresses to join by. */
  initialMembers: readonly Member[];
  readonly acks: QueuedAck[];
  /** Since when the outbound thread waits for an Ack. */
  awaitingAckSince: number | undefined;
  readonly workers: Map<number, PushWorker>;
  readonly suitabilities: Map<string, bigint>;
  /** Groups whose election is to be held anew, as the trigger file asks. */
  readonly triggered: Set<string>;
  /** Groups with a service of leader topology here. */
  readonly leaderGroups: Set<string>;
  /** From another peer file; looked at by the main loop. */
  newPeers: readonly Address[] | undefined;
}

/** What ends a thread of the original (§5.3). */
export class ThreadPanic extends Error {}

/** The own record as it goes into messages: without address. */
export function ownMember({ state, options, leaving }: Context, probePing = false): Member {
  const { swimPort, gossipPort, persistent } = options.self;
  return {
    id: state.self,
    incarnation: state.incarnation,
    address: "",
    swimPort,
    gossipPort,
    persistent,
    departed: leaving,
    probePing,
  };
}

/** All known members but ourselves, as recorded now. */
export function otherMembers({ state }: Context): Member[] {
  const others: Member[] = [];
  for (const { member } of state.members.values()) if (member.id !== state.self) others.push(member);
  return others;
}

/** Whether a member taken from the list earlier is to be probed and pushed to now. */
export function isPingable({ state }: Context, member: Member): boolean {
  if (member.persistent) return true;
  const health = state.members.get(member.id)?.health;
  return health === "alive" || health === "suspect";
}

/** One that is waited for: it is told everything again and again by probes, and nothing by pushes (§9.8). */
export function isPersistentAndConfirmed({ state }: Context, member: Member): boolean {
  return member.persistent && state.members.get(member.id)?.health === "confirmed";
}

export function membershipOf({ member, health }: MemberEntry): Membership {
  return { member, health };
}

export function send(context: Context, to: Address, message: SwimMessage): void {
  context.effects.push({ kind: "datagram", to, message });
}

/** Where a member listens for datagrams. Panics on an address that is none, as the original does. */
export function swimAddress(member: Member): Address {
  if (!isIpv4(member.address)) throw new ThreadPanic(`Cannot parse the address of member ${member.id}`);
  return { host: member.address, port: member.swimPort };
}

/** Dotted decimal, without leading zeros. */
export function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}

export function raiseOwnIncarnation({ state }: Context, above: bigint): void {
  // Compat: the largest number is followed by 0.
  state.incarnation = above === MAXIMUM_U64 ? 0n : above + 1n;
}

export function note(context: Context, told: RingNote): void {
  context.effects.push({ kind: "note", note: told });
}

/** An error line in the log of an original. */
export function refuse(context: Context, what: string, why: string): void {
  note(context, { kind: "refused", what, why });
}

/** Changes what is believed of one member and tells when its health became another. */
export function changeHealth(context: Context, memberId: string, why: string, change: () => unknown): void {
  const from = context.state.members.get(memberId)?.health;
  change();
  const to = context.state.members.get(memberId)?.health;
  if (to !== undefined && to !== from) note(context, { kind: "health", member: memberId, from, to, why });
}

/** Runs a change that may concern any member, and tells of those whose health became another. */
export function changeHealths(context: Context, why: string, change: () => unknown): void {
  const { state } = context;
  const counted = state.counters.members;
  const before = [...state.members.values()];
  change();
  if (state.counters.members === counted) return;
  for (const { member, health } of before) {
    const to = state.members.get(member.id)?.health;
    if (to !== undefined && to !== health)
      note(context, { kind: "health", member: member.id, from: health, to, why });
  }
}

/** A fair shuffle (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const item = order[last] as Item;
    order[last] = order[other] as Item;
    order[other] = item;
  }
  return order;
}
