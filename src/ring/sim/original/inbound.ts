// The inbound thread (reference/butterfly.md §10.1): answers a datagram first, then takes in what it says.
import type { Member, Membership } from "../../member.ts";
import { hearAboutMember, hearFromMember, hearProbeFromMember } from "../../membership.ts";
import type { Address, SwimMessage } from "../../protocol.ts";
import { MAXIMUM_U64 } from "../../rumor.ts";
import {
  type Context,
  changeHealth,
  isIpv4,
  note,
  ownMember,
  raiseOwnIncarnation,
  refuse,
  send,
  swimAddress,
} from "./context.ts";
import { membershipsFor } from "./piggyback.ts";
import { understoodMember, understoodMembership } from "./understood.ts";

type Received<Kind extends SwimMessage["kind"]> = Extract<SwimMessage, { kind: Kind }>;

export function receiveDatagram(context: Context, source: Address, message: SwimMessage): void {
  switch (message.kind) {
    case "ping":
      receivePing(context, source, message);
      return;
    case "ack":
      receiveAck(context, source, message);
      return;
    case "ping-req":
      receivePingReq(context, source, message);
      return;
    case "probe-ping":
      receiveProbePing(context, source, message);
      return;
    default:
      refuse(context, "datagram", `unknown type ${message.kind}`);
  }
}

/** A membership heard of, beside a datagram or as a rumor (§9.3). */
export function hearMembership(context: Context, told: Membership, why: string): void {
  const { state, now } = context;
  const { member, health } = understoodMembership(told);
  const before = state.incarnation;
  changeHealth(context, member.id, why, () => hearAboutMember(state, { member, health }, now));
  if (member.id !== state.self || health === "alive" || member.incarnation < before) return;
  if (member.incarnation === MAXIMUM_U64) raiseOwnIncarnation(context, MAXIMUM_U64);
  note(context, { kind: "refuted", incarnation: state.incarnation });
}

function receivePing(context: Context, source: Address, ping: Received<"ping">): void {
  const { state, now } = context;
  const from = seenFrom(source, ping.from);
  answer(context, source, from, ping.forwardTo);
  hearMemberships(context, ping.membership);
  changeHealth(context, from.id, "ping", () => hearFromMember(state, from, now));
}

function receiveAck(context: Context, source: Address, ack: Received<"ack">): void {
  if (ack.forwardTo !== undefined && ack.forwardTo.id !== context.state.self) {
    relay(context, seenFrom(source, ack.from), ack.forwardTo, ack.membership);
    return;
  }
  context.acks.push({
    source: source.host,
    from: understoodMember(ack.from),
    forwardTo: ack.forwardTo && understoodMember(ack.forwardTo),
  });
  hearMemberships(context, ack.membership);
}

function relay(context: Context, from: Member, forwardTo: Member, membership: readonly Membership[]): void {
  if (!isIpv4(forwardTo.address)) {
    refuse(context, "datagram", "Ack to be handed on to something that is no address");
    return;
  }
  send(
    context,
    { host: forwardTo.address, port: forwardTo.swimPort },
    {
      kind: "ack",
      from,
      forwardTo: understoodMember(forwardTo),
      membership: membership.map(understoodMembership),
    },
  );
}

/** Compat: neither the sender nor the memberships with it are taken in. */
function receivePingReq(context: Context, source: Address, request: Received<"ping-req">): void {
  const target = context.state.members.get(request.target.id)?.member;
  if (target === undefined) {
    refuse(context, "datagram", "PingReq for an unknown member");
    return;
  }
  send(context, swimAddress(target), {
    kind: "ping",
    from: ownMember(context),
    forwardTo: seenFrom(source, request.from),
    membership: membershipsFor(context, target),
  });
}

function receiveProbePing(context: Context, source: Address, probe: Received<"probe-ping">): void {
  const { state, now } = context;
  raiseOwnIncarnation(context, state.incarnation);
  const from = seenFrom(source, probe.from);
  answer(context, source, from, undefined);
  changeHealth(context, from.id, "probe-ping", () => hearProbeFromMember(state, from, now));
}

function answer(context: Context, to: Address, target: Member, forwardTo: Member | undefined): void {
  const membership = membershipsFor(context, target);
  const from = ownMember(context);
  send(
    context,
    to,
    forwardTo === undefined
      ? { kind: "ack", from, membership }
      : { kind: "ack", from, forwardTo: understoodMember(forwardTo), membership },
  );
}

function hearMemberships(context: Context, memberships: readonly Membership[]): void {
  for (const membership of memberships) hearMembership(context, membership, "piggyback");
}

function seenFrom(source: Address, member: Member): Member {
  return { ...understoodMember(member), address: source.host };
}
