// The outbound thread (reference/butterfly.md §10.2, §10.3): joins, asks those called dead whether they are, and probes
// one member after the other.
import type { Member } from "../../member.ts";
import { hearFromMember, insertMembership } from "../../membership.ts";
import {
  type Context,
  changeHealth,
  isPingable,
  note,
  otherMembers,
  ownMember,
  send,
  swimAddress,
  type Thread,
} from "./context.ts";
import { membershipsFor } from "./piggyback.ts";
import { ACK_POLL_MS, PING_ACK_MS, PING_REQ_ACK_MS, PING_REQ_RELAYS, PROTOCOL_PERIOD_MS } from "./timing.ts";

type Waiting<Result> = Generator<number, Result, undefined>;

export function* outboundThread(context: Context): Thread {
  let joined = false;
  for (;;) {
    const began = context.now;
    if (!joined && context.initialMembers.length > 0) {
      joined = join(context);
      // Other threads go on meanwhile: on a fast network the answer may be there already.
      if (!joined) yield context.now;
    }
    const checkList = context.shuffle(otherMembers(context), "probe");
    const doubted = yield* askDoubted(context);
    for (const member of checkList) {
      if (doubted.has(member.id) || !isPingable(context, member)) continue;
      const probeBegan = context.now;
      yield* probe(context, member);
      yield* sleepUntil(context, probeBegan + PROTOCOL_PERIOD_MS);
    }
    yield* sleepUntil(context, began + PROTOCOL_PERIOD_MS);
  }
}

/** When the outbound thread sees an Ack that has come now: at its next look into the queue. */
export function nextAckPoll({ awaitingAckSince, now }: Context): number {
  if (awaitingAckSince === undefined) return Infinity;
  return awaitingAckSince + Math.ceil((now - awaitingAckSince) / ACK_POLL_MS) * ACK_POLL_MS;
}

/** Pings the addresses to join by until more than half as many members are known; true once they are, for good. */
function join(context: Context): boolean {
  const { initialMembers, state } = context;
  if (state.members.size >= Math.floor(initialMembers.length / 2) + 1) return true;
  for (const member of initialMembers) ping(context, member);
  return false;
}

/** Asks each of the probe list directly; whoever does not answer is confirmed. Returns their ids. */
function* askDoubted(context: Context): Waiting<Set<string>> {
  const { state } = context;
  const doubted = [...state.toProbe.values()];
  state.toProbe.clear();
  for (const member of doubted) {
    send(context, swimAddress(member), {
      kind: "probe-ping",
      from: ownMember(context, true),
      membership: [],
    });
    if (yield* acknowledged(context, member.id, PING_ACK_MS)) continue;
    changeHealth(context, member.id, "no answer to a ProbePing", () =>
      insertMembership(state, { member, health: "confirmed" }, context.now),
    );
  }
  return new Set(doubted.map(({ id }) => id));
}

function* probe(context: Context, member: Member): Waiting<void> {
  const began = context.now;
  const tell = (outcome: "ack" | "indirect" | "failed"): void =>
    note(context, { kind: "probe", outcome, member: member.id, tookMs: context.now - began });
  ping(context, member);
  if (yield* acknowledged(context, member.id, PING_ACK_MS)) return tell("ack");
  requestPings(context, member);
  if (yield* acknowledged(context, member.id, PING_REQ_ACK_MS)) return tell("indirect");
  tell("failed");
  // Compat: the record as it was when the pass began, so one refreshed since is not suspected.
  changeHealth(context, member.id, "no answer to a probe", () =>
    insertMembership(context.state, { member, health: "suspect" }, context.now),
  );
}

function ping(context: Context, member: Member): void {
  const membership = membershipsFor(context, member);
  send(context, swimAddress(member), { kind: "ping", from: ownMember(context), membership });
}

function requestPings(context: Context, target: Member): void {
  // Compat: chosen for, and counted as told to, the target, who never sees it; also where nobody can be asked.
  const membership = membershipsFor(context, target);
  const relays = otherMembers(context).filter(
    ({ id }) => id !== target.id && context.state.members.get(id)?.health === "alive",
  );
  for (const relay of context.shuffle(relays, "relay").slice(0, PING_REQ_RELAYS))
    send(context, swimAddress(relay), { kind: "ping-req", from: ownMember(context), target, membership });
}

/**
 * Waits for an Ack from this member. Every Ack in the queue is taken in meanwhile, from whomever. Compat: any of this
 * member's will do, one to an earlier Ping too.
 */
function* acknowledged(context: Context, memberId: string, timeoutMs: number): Waiting<boolean> {
  const since = context.now;
  for (;;) {
    for (let ack = context.acks.shift(); ack !== undefined; ack = context.acks.shift()) {
      const from = ack.forwardTo === undefined ? { ...ack.from, address: ack.source } : ack.from;
      changeHealth(context, from.id, "ack", () => hearFromMember(context.state, from, context.now));
      if (from.id === memberId) return true;
    }
    if (context.now >= since + timeoutMs) return false;
    context.awaitingAckSince = since;
    yield since + timeoutMs;
    context.awaitingAckSince = undefined;
  }
}

function* sleepUntil(context: Context, time: number): Waiting<void> {
  if (context.now < time) yield time;
}
