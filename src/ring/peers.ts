// Addresses to join a ring by, as people write them (reference/butterfly.md §15, §21.24), and what they resolve to.
import { isIP, isIPv6 } from "node:net";
import { HabError } from "../error/index.ts";
import { ringErrors } from "./errors.ts";
import type { Address } from "./protocol.ts";

/** Where members listen unless told otherwise, for datagrams and for connections. */
export const DEFAULT_GOSSIP_PORT = 9638;

/** A name to be resolved, or an IPv4 or IPv6 address, and a port. */
export interface Peer {
  readonly host: string;
  readonly port: number;
}

/** Reads `host`, `host:port`, `address`, `[v6]` or `[v6]:port`; a bare IPv6 address is one too. Throws `malformedPeer`. */
export function parsePeer(text: string): Peer {
  const trimmed = text.trim();
  if (isIPv6(trimmed)) return { host: trimmed, port: DEFAULT_GOSSIP_PORT };
  const match = /^(?:\[([^\]]*)\]|([^:\s/[\]]+))(?::(\d{1,5}))?$/.exec(trimmed);
  if (match === null)
    throw malformed(text, trimmed === "" ? "it is empty" : "it is not of the form host:port");
  const [, bracketed, plain, digits] = match;
  const port = digits === undefined ? DEFAULT_GOSSIP_PORT : Number(digits);
  if (port === 0 || port > 65535) throw malformed(text, "its port is not one from 1 to 65535");
  if (bracketed !== undefined) {
    if (!isIPv6(bracketed)) throw malformed(text, "there is no IPv6 address between its brackets");
    return { host: bracketed, port };
  }
  const host = plain as string;
  if (/^[0-9.]+$/.test(host) && isIP(host) === 0) throw malformed(text, "it is not an IPv4 address");
  return { host, port };
}

/** Looks a name up: all its addresses of one or both families. Rejects where there is none. */
export type Resolve = (host: string, family: 4 | "any") => Promise<readonly string[]>;

/** A name with more addresses than this names no peers of ours. */
const MAX_ADDRESSES_A_PEER = 64;

/** What a peer's name stands for now. Rejects with `unresolvedPeer`. */
export async function resolvePeer(peer: Peer, family: 4 | "any", resolve: Resolve): Promise<Address[]> {
  const literal = isIP(peer.host);
  if (literal === 6 && family === 4)
    throw unresolved(peer.host, "it is an IPv6 address, and this member listens on an IPv4 one only");
  if (literal !== 0) return [{ host: reachable(peer.host), port: peer.port }];
  let hosts: readonly string[];
  try {
    hosts = await resolve(peer.host, family);
  } catch (cause) {
    throw unresolved(peer.host, "its name is not known", cause);
  }
  if (hosts.length === 0) throw unresolved(peer.host, "its name has no address of a family this member uses");
  return hosts.slice(0, MAX_ADDRESSES_A_PEER).map((host) => ({ host: reachable(host), port: peer.port }));
}

/** Where a member that listens at `listen` reaches itself: the wildcard address stands for this host. */
export function selfContactAddress(listen: Address): Address {
  return { host: reachable(listen.host), port: listen.port };
}

/** The wildcard addresses stand for the own host. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

function malformed(text: string, why: string): HabError {
  return new HabError(ringErrors.malformedPeer, `Not a peer: ${JSON.stringify(text)}: ${why}`);
}

function unresolved(host: string, why: string, cause?: unknown): HabError {
  return new HabError(ringErrors.unresolvedPeer, `Cannot find the peer ${host}: ${why}`, { cause });
}
