// Whether an address is this member's own: a peer list is often the same on all members.
import { networkInterfaces } from "node:os";
import { selfContactAddress } from "../peers.ts";
import type { Address } from "../protocol.ts";

/** Looks at this host's addresses each time: they change. */
export function isOwnAddress(address: Address, listen: Address, advertise: Address | undefined): boolean {
  if (advertise !== undefined && address.port === advertise.port && address.host === advertise.host)
    return true;
  if (address.port !== listen.port) return false;
  if (address.host === selfContactAddress(listen).host) return true;
  if (listen.host !== "0.0.0.0" && listen.host !== "::") return false;
  if (address.host.startsWith("127.")) return true; // all of them are this host's
  return Object.values(networkInterfaces()).some((own) =>
    own?.some(({ address: host }) => host === address.host),
  );
}
