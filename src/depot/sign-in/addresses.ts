// Which machine a request comes from. A proxy in front hides that and says it in headers, which anybody can write: they
// are believed only from the addresses that the operator names (RFC 7239 §8.1 says why).
import { BlockList, isIP } from "node:net";

/** Hops that are looked at: a longer list is somebody's play. */
const MAX_HOPS = 32;

/** An IPv4 address that a socket of both families wrote as one of IPv6, as itself. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Whether a text is an address or a network in CIDR notation. */
export function isNetwork(value: string): boolean {
  const [address = "", bits, ...rest] = value.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** Whether a host name is this machine by definition (RFC 6761 §6.3). */
export function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

/** Tells the addresses of these networks from others. */
export function networks(values: readonly string[]): (address: string) => boolean {
  if (values.length === 0) return () => false;
  const list = new BlockList();
  for (const value of values) {
    const [address = "", bits] = value.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? "ipv6" : "ipv4");
  };
}

/**
 * The client: from the right of `X-Forwarded-For`, where the nearest proxy wrote, the first that is no proxy of ours. What
 * stands further left the client may have written itself.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | null,
  isTrusted: (address: string) => boolean,
): string {
  let client = peer;
  const hops = (forwardedFor ?? "").split(",").reverse().slice(0, MAX_HOPS);
  for (const hop of hops) {
    if (!isTrusted(client)) return client;
    const address = hopAddress(hop.trim());
    // What is no address says nothing, and what is behind it neither.
    if (address === undefined) return client;
    client = address;
  }
  return client;
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1` or `[2001:db8::1]:80`. */
function hopAddress(hop: string): string | undefined {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? hop.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
  const plain = plainAddress(bare);
  return isIP(plain) === 0 ? undefined : plain;
}
