// TCP as far as members notice it: connections that cost a round trip, keep their order, are held up by loss, break at once
// when the far process ends and only after a time-out when the far host or the path is gone. What the far kernel has
// acknowledged may still be lost, when its process ends before reading.
import type { Address, GossipMessage, RingEffect, RingEvent } from "../protocol.ts";
import type { Addresses } from "./addresses.ts";
import type { Host } from "./host.ts";
import type { Network } from "./network.ts";

type KnockEffect = Extract<RingEffect, { kind: "knock" }>;
type PushEffect = Extract<RingEffect, { kind: "push" }>;

/** After so long without answer a connection is given up. */
export const TCP_TIMEOUT_MS = 5000;
const DIAL_RETRY_MS = 1000;
const RETRANSMIT_MS = 200;
/** A full receive buffer is asked about again after this. */
const WINDOW_PROBE_MS = 200;
/** A process that ended this shortly before had let its kernel take what it never read. */
const READ_WITHIN_MS = 5;

/** What the connections need of the world they are in. */
export interface TcpWorld {
  readonly now: number;
  readonly network: Network;
  readonly addresses: Addresses;
  /** Runs something later, whatever happens to the hosts. */
  after(delayMs: number, run: () => void): void;
  /** The same at a time: exactly that number, where sums would round. */
  at(timeMs: number, run: () => void): void;
  /** Hands an event to a host's process, if that is still the same. */
  deliver(host: Host, process: number, event: RingEvent): void;
}

interface Push {
  readonly number: number;
  readonly messages: readonly GossipMessage[];
  readonly once: boolean;
  sentAt: number;
  answered: boolean;
}

/** A connection from the side of who opened it. */
export class Link {
  readonly from: Host;
  readonly process: number;
  readonly to: string;
  readonly address: Address;
  far: Host | undefined;
  farProcess = -1;
  state: "dialing" | "up" | "over" = "dialing";
  /** Not sent yet: the connection is not up, or an earlier one is held up. */
  readonly waiting: Push[] = [];
  /** Sent and not acknowledged. */
  readonly sent: Push[] = [];
  heldUp = false;
  lastArrival = 0;
  watched = false;
  /** The member that introduced itself on this connection. */
  introduced: string | undefined;
  /** Over as soon as nothing is waiting or sent. */
  closing = false;

  constructor(from: Host, to: string, address: Address) {
    this.from = from;
    this.process = from.process;
    this.to = to;
    this.address = address;
  }
}

/** Opens (or keeps) a connection. */
export function openLink(world: TcpWorld, from: Host, to: string, address: Address): Link {
  const existing = from.links.get(to);
  if (
    existing !== undefined &&
    existing.address.host === address.host &&
    existing.address.port === address.port
  ) {
    existing.closing = false;
    return existing;
  }
  if (existing !== undefined) end(world, existing, undefined);
  const link = new Link(from, to, address);
  from.links.set(to, link);
  link.far = world.addresses.hostAt(address);
  dial(world, link, world.now, DIAL_RETRY_MS);
  return link;
}

/** Sends messages by the connection there is, or a new one. */
export function pushMessages(world: TcpWorld, from: Host, effect: PushEffect): void {
  const link = openLink(world, from, effect.to, effect.address);
  link.waiting.push({
    number: effect.push,
    messages: effect.messages,
    once: effect.once === true,
    sentAt: world.now,
    answered: false,
  });
  if (link.state === "up") transmit(world, link);
}

/** Closes a connection once what was given to it is through. */
export function closeLink(world: TcpWorld, from: Host, to: string): void {
  const link = from.links.get(to);
  if (link === undefined) return;
  link.closing = true;
  endIfDone(world, link);
}

/** Asks a host's kernel whether anything listens there; it answers for a process that sleeps as well. */
export function knock(world: TcpWorld, from: Host, effect: KnockEffect): void {
  const { process } = from;
  const far = world.addresses.hostAt(effect.address);
  const deadline = world.now + effect.withinMs;
  let answered = false;
  const answer = (word: "open" | "refused" | "silent"): void => {
    if (answered) return;
    answered = true;
    world.deliver(from, process, { kind: "knocked", to: effect.to, answer: word });
  };
  const passes = (sender: Host, receiver: Host): boolean =>
    world.network.passes(sender.index, receiver.index, "tcp") &&
    !world.network.loses(sender.index, receiver.index);
  const ask = (): void => {
    if (answered || far === undefined || world.now >= deadline) return;
    world.after(DIAL_RETRY_MS, ask);
    if (!passes(from, far)) return;
    world.after(world.network.delayMs(), () => {
      if (!far.powered || !passes(far, from)) return;
      const word = far.running ? "open" : "refused";
      world.after(world.network.delayMs(), () => answer(word));
    });
  };
  world.after(effect.withinMs, () => answer("silent"));
  ask();
}

/** The process of a host ended: its connections are gone, and others learn of it where the host itself is still there. */
export function dropLinksOf(world: TcpWorld, host: Host): void {
  for (const link of host.links.values()) {
    link.state = "over";
    link.far?.incoming.delete(link);
  }
  host.links.clear();
  const incoming = [...host.incoming];
  host.incoming.clear();
  if (host.powered) for (const link of incoming) reset(world, link, "closed");
}

/** The host that answers at the link's address, if packets get there. */
function reached(world: TcpWorld, link: Link): Host | undefined {
  const { far, from } = link;
  if (far === undefined || !world.network.passes(from.index, far.index, "tcp")) return undefined;
  return world.network.loses(from.index, far.index) ? undefined : far;
}

function dial(world: TcpWorld, link: Link, startedAt: number, retryMs: number): void {
  const far = reached(world, link);
  if (far !== undefined) {
    world.after(world.network.delayMs(), () => answerDial(world, link, far, startedAt, retryMs));
    return;
  }
  redial(world, link, startedAt, retryMs);
}

function redial(world: TcpWorld, link: Link, startedAt: number, retryMs: number): void {
  const next = Math.min(world.now + retryMs, startedAt + TCP_TIMEOUT_MS);
  world.at(next, () => {
    if (link.state !== "dialing") return;
    if (next >= startedAt + TCP_TIMEOUT_MS) end(world, link, "lost");
    else dial(world, link, startedAt, retryMs * 2);
  });
}

function answerDial(world: TcpWorld, link: Link, far: Host, startedAt: number, retryMs: number): void {
  if (link.state !== "dialing") return;
  const { network } = world;
  if (
    !far.powered ||
    far.address !== link.address.host ||
    !network.passes(far.index, link.from.index, "tcp") ||
    network.loses(far.index, link.from.index)
  ) {
    redial(world, link, startedAt, retryMs);
    return;
  }
  const process = far.running ? far.process : undefined;
  world.after(network.delayMs(), () => {
    if (link.state !== "dialing") return;
    if (process === undefined) {
      end(world, link, "refused");
      return;
    }
    link.state = "up";
    link.farProcess = process;
    // The process may have ended while its answer was under way: then the first message finds out.
    if (far.process === process && far.running) far.incoming.add(link);
    tell(world, link, { kind: "link", to: link.to, state: "up", own: far.behaviour === "own" });
    transmit(world, link);
    endIfDone(world, link);
  });
}

/** Sends what waits, in order, until something is held up. */
function transmit(world: TcpWorld, link: Link): void {
  while (!link.heldUp && link.state === "up") {
    const push = link.waiting.shift();
    if (push === undefined) return;
    push.sentAt = world.now;
    link.sent.push(push);
    if (push.once) link.closing = true;
    watch(world, link);
    sendSegment(world, link, push, RETRANSMIT_MS);
  }
}

function sendSegment(world: TcpWorld, link: Link, push: Push, retryMs: number): void {
  const far = reached(world, link);
  if (far === undefined) {
    link.heldUp = true;
    world.after(retryMs, () => {
      if (link.state !== "up") return;
      link.heldUp = false;
      sendSegment(world, link, push, retryMs * 2);
      transmit(world, link);
    });
    return;
  }
  link.lastArrival = Math.max(world.now + world.network.delayMs(), link.lastArrival);
  world.at(link.lastArrival, () => arrive(world, link, far, push));
}

function arrive(world: TcpWorld, link: Link, far: Host, push: Push): void {
  // Nobody answers there (any more); the watch ends the connection.
  if (!far.powered || far.address !== link.address.host) return;
  if (!far.running || far.process !== link.farProcess) {
    if (!far.running && world.now - far.endedAt < READ_WITHIN_MS)
      acknowledge(world, link, far, push, RETRANSMIT_MS);
    else reset(world, link, "closed");
    return;
  }
  if (!far.acceptsMessages) {
    link.lastArrival = world.now + WINDOW_PROBE_MS;
    world.after(WINDOW_PROBE_MS, () => arrive(world, link, far, push));
    return;
  }
  for (const message of push.messages) {
    if (message.kind === "hello") link.introduced = message.from.id;
    const by = link.introduced === undefined ? {} : { by: link.introduced };
    world.deliver(far, far.process, { kind: "message", from: link.from.address, ...by, message });
  }
  acknowledge(world, link, far, push, RETRANSMIT_MS);
}

/** Goes on until it gets through or the sender has given up. */
function acknowledge(world: TcpWorld, link: Link, far: Host, push: Push, retryMs: number): void {
  if (link.state !== "up" || push.answered) return;
  const back =
    world.network.passes(far.index, link.from.index, "tcp") &&
    !world.network.loses(far.index, link.from.index);
  world.after(back ? world.network.delayMs() : retryMs, () => {
    if (!back) acknowledge(world, link, far, push, retryMs * 2);
    else if (link.state === "up" && !push.answered) {
      answer(world, link, push, true);
      endIfDone(world, link);
    }
  });
}

/** Ends a connection if the oldest of what was sent has waited too long, and looks again as long as anything is sent. */
function watch(world: TcpWorld, link: Link): void {
  if (link.watched) return;
  const [oldest] = link.sent;
  if (oldest === undefined) return;
  link.watched = true;
  world.at(oldest.sentAt + TCP_TIMEOUT_MS, () => {
    link.watched = false;
    if (link.state !== "up") return;
    const [still] = link.sent;
    if (still !== undefined && world.now >= still.sentAt + TCP_TIMEOUT_MS) end(world, link, "lost");
    else watch(world, link);
  });
}

function answer(world: TcpWorld, link: Link, push: Push, delivered: boolean): void {
  push.answered = true;
  const index = link.sent.indexOf(push);
  if (index >= 0) link.sent.splice(index, 1);
  tell(world, link, { kind: "pushed", push: push.number, delivered });
}

/** The far host says that this connection does not exist (any more). */
function reset(world: TcpWorld, link: Link, state: "closed"): void {
  const { far, from } = link;
  if (far === undefined || !world.network.passes(far.index, from.index, "tcp")) return;
  world.after(world.network.delayMs(), () => end(world, link, state));
}

function endIfDone(world: TcpWorld, link: Link): void {
  if (link.closing && link.state === "up" && link.waiting.length === 0 && link.sent.length === 0)
    end(world, link, undefined);
}

/** `state`: what its owner is told; nothing where it ended the connection itself. */
function end(world: TcpWorld, link: Link, state: "closed" | "refused" | "lost" | undefined): void {
  if (link.state === "over") return;
  link.state = "over";
  if (link.from.links.get(link.to) === link) link.from.links.delete(link.to);
  link.far?.incoming.delete(link);
  for (const push of [...link.sent, ...link.waiting]) answer(world, link, push, false);
  link.waiting.length = 0;
  if (state !== undefined) tell(world, link, { kind: "link", to: link.to, state });
}

function tell(world: TcpWorld, link: Link, event: RingEvent): void {
  world.deliver(link.from, link.process, event);
}
