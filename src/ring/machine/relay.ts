// Pinging on behalf of others (SWIM's indirect probe, reference/butterfly.md §10.1): the target answers to us, we hand
// the Ack on. A requester of ours is told when there was no answer, so that it knows at least us to be there.
import { isIP } from "node:net";
import { SWIM_LIMIT_ENCRYPTED_BYTES } from "../limits.ts";
import type { Member } from "../member.ts";
import type { Address, SwimMessage } from "../protocol.ts";
import { NACK_MS } from "../timing.ts";
import { swimSize } from "../wire/swim.ts";
import { type Core, digest, isOwn, note, ownRecord } from "./core.ts";
import { seenAddress } from "./hear.ts";
import { REMEMBERED_REQUESTS } from "./limits.ts";
import { swimAddress } from "./neighbours.ts";
import { piggyback, roomBeside } from "./spread.ts";

interface Request {
  readonly requester: Address;
  readonly requesterId: string;
  readonly sequence: number;
  readonly targetId: string;
  readonly until: number;
}

export type Relaying = Set<Request>;

/** Serves a PingReq from our own list; its address for the target is not used. */
export function servePingRequest(
  core: Core,
  { from: requester, target, sequence }: Extract<SwimMessage, { kind: "ping-req" }>,
  source: Address,
): void {
  const entry = core.state.members.get(target.id);
  if (entry === undefined || target.id === core.state.self) {
    note(core, { kind: "refused", what: "ping-req", why: "the member to ping is not known here" });
    return;
  }
  const forwardTo: Member = { ...requester, address: seenAddress(requester, source) };
  if (roomBeside(core, forwardTo) < 0) {
    note(core, {
      kind: "refused",
      what: "ping-req",
      why: "its sender's record does not fit into a datagram",
    });
    return;
  }
  core.effects.push({
    kind: "datagram",
    to: swimAddress(entry.member),
    message: {
      kind: "ping",
      from: ownRecord(core),
      forwardTo,
      membership: piggyback(core, target.id, forwardTo),
      ...(sequence === undefined ? {} : { sequence }),
      digest: digest(core),
    },
  });
  if (
    requester.swimPort === 0 ||
    !isOwn(requester) ||
    sequence === undefined ||
    core.relaying.size >= REMEMBERED_REQUESTS
  )
    return;
  core.relaying.add({
    requester: swimAddress(forwardTo),
    requesterId: requester.id,
    sequence,
    targetId: target.id,
    until: core.now + NACK_MS,
  });
}

/** Hands an Ack on to whom it is for, with the address we see its sender at. */
export function relayAck(
  core: Core,
  ack: Extract<SwimMessage, { kind: "ack" }> & { readonly forwardTo: Member },
  source: Address,
): void {
  for (const request of core.relaying)
    if (request.targetId === ack.from.id && request.requesterId === ack.forwardTo.id)
      core.relaying.delete(request);
  const message: SwimMessage = {
    ...ack,
    from: { ...ack.from, address: seenAddress(ack.from, source) },
  };
  if (isIP(ack.forwardTo.address) === 0 || ack.forwardTo.swimPort === 0) {
    note(core, { kind: "refused", what: "ack", why: "it is to go on to what is no address" });
    return;
  }
  if (ack.forwardTo.address === source.host && ack.forwardTo.swimPort === source.port) {
    // Where the member it is for was before it moved, there is another one now, perhaps ourselves: it would go round for ever.
    note(core, { kind: "refused", what: "ack", why: "it is to go on to where it came from" });
    return;
  }
  // With the address filled in, it may have become too long; what it is for matters most.
  const fits = swimSize(message) <= SWIM_LIMIT_ENCRYPTED_BYTES;
  core.effects.push({
    kind: "datagram",
    to: swimAddress(ack.forwardTo),
    message: fits ? message : { ...message, membership: [] },
  });
}

/** Tells requesters whose target has not answered. */
export function sendNacks(core: Core): void {
  if (core.relaying.size === 0) return;
  for (const request of core.relaying) {
    if (request.until > core.now) continue;
    core.relaying.delete(request);
    const { registry } = core.state.members;
    core.effects.push({
      kind: "datagram",
      to: request.requester,
      message: {
        kind: "nack",
        from: registry.short(registry.number(core.state.self)),
        sequence: request.sequence,
      },
    });
  }
}

export function nacksDue({ relaying }: Core): number {
  let next = Number.POSITIVE_INFINITY;
  if (relaying.size === 0) return next;
  for (const { until } of relaying) next = Math.min(next, until);
  return next;
}
