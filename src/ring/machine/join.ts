// Getting into a ring, and back into it: the given addresses are pinged until a living member answers at each, for ever; and
// now and then so is a member that is held for dead, so that the halves of a ring that was cut find each other again.
import type { Address } from "../protocol.ts";
import { JOIN_FIRST_MS, JOIN_LAST_MS, RECONNECT_MS } from "../timing.ts";
import { expectOthers } from "./arrival.ts";
import { type Core, nextSequence } from "./core.ts";
import { RECONNECTS_AT_ONCE } from "./limits.ts";
import { ping, pingAddress } from "./probe.ts";

interface Peer {
  readonly address: Address;
  nextAt: number;
  pauseMs: number;
  /** Who answered there. */
  memberId: string | undefined;
}

export interface Joining {
  peers: Peer[];
  reconnectAt: number;
}

export function nobodyToJoin(): Joining {
  return { peers: [], reconnectAt: Number.POSITIVE_INFINITY };
}

/** Takes these addresses to join by, in place of those before. */
export function joinBy(core: Core, addresses: readonly Address[]): void {
  const { join } = core;
  if (addresses.length > 0) expectOthers(core);
  join.peers = addresses.map(
    (address) =>
      join.peers.find((peer) => isSame(peer.address, address)) ?? {
        address,
        nextAt: core.now,
        pauseMs: JOIN_FIRST_MS,
        memberId: undefined,
      },
  );
  if (join.reconnectAt === Number.POSITIVE_INFINITY)
    join.reconnectAt = core.now + RECONNECT_MS * (0.5 + core.random());
}

/** An Ack came from this address. */
export function peerAnswered({ join }: Core, source: Address, memberId: string): void {
  for (const peer of join.peers) if (isSame(peer.address, source)) peer.memberId = memberId;
}

export function driveJoining(core: Core): void {
  const { join } = core;
  for (const peer of join.peers) {
    if (peer.nextAt > core.now) continue;
    peer.nextAt = core.now + peer.pauseMs * (0.8 + 0.4 * core.random());
    if (isPresent(core, peer)) {
      peer.pauseMs = JOIN_LAST_MS;
      continue;
    }
    peer.pauseMs = Math.min(JOIN_LAST_MS, peer.pauseMs * 2);
    pingAddress(core, peer.address);
  }
  if (join.reconnectAt <= core.now) reconnect(core);
}

export function joiningDue({ join }: Core): number {
  let next = join.reconnectAt;
  for (const { nextAt } of join.peers) next = Math.min(next, nextAt);
  return next;
}

/** Peers nobody alive has answered for. */
export function missingPeers(core: Core): Address[] {
  return core.join.peers.filter((peer) => !isPresent(core, peer)).map(({ address }) => address);
}

function isPresent({ state }: Core, peer: Peer): boolean {
  const { members } = state;
  const { address, memberId } = peer;
  if (memberId !== undefined && members.healthOf(memberId) === "alive") return true;
  for (let number = 0; number < members.end; number++) {
    if (members.healthAt(number) !== "alive") continue;
    const member = members.memberAt(number);
    if (member?.swimPort !== address.port || member.address !== address.host) continue;
    peer.memberId = member.id;
    return true;
  }
  return false;
}

function reconnect(core: Core): void {
  const { join, state, random } = core;
  join.reconnectAt = core.now + RECONNECT_MS * (0.8 + 0.4 * random());
  const { members } = state;
  if (members.count("confirmed") + members.count("departed") === 0) return;
  const dead = members
    .numbersWith("confirmed", "departed")
    .flatMap((number) => members.at(number) ?? [])
    .filter(({ member }) => member.id !== state.self);
  const confirmed = dead.filter(({ health }) => health === "confirmed");
  // Members that left in order are looked for as well, only less often: the word that they left may be false.
  const among = confirmed.length > 0 && random() < 0.8 ? confirmed : dead;
  const one = among[Math.floor(random() * among.length)];
  const permanent = dead.filter(({ member }) => member.persistent && member.id !== one?.member.id);
  // A few in turn, should there be many.
  const first = Math.floor(random() * permanent.length);
  for (const entry of [one, ...permanent.slice(first), ...permanent.slice(0, first)].slice(
    0,
    RECONNECTS_AT_ONCE,
  ))
    if (entry !== undefined && !state.departures.has(entry.member.id))
      ping(core, entry.member, nextSequence(core));
}

function isSame(a: Address, b: Address): boolean {
  return a.host === b.host && a.port === b.port;
}
