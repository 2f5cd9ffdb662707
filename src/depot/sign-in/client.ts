// Who is at the other end of a request, as far as connection and trusted proxies tell: address, whether the way is
// encrypted, under which address a browser sees us, and the account a proxy has named.

import { clientAddress, networks, plainAddress } from "./addresses.ts";
import type { SignInConfig } from "./config.ts";

export interface Client {
  /** For limits and the audit. */
  readonly address: string;
  /** Whether a browser reaches us over https. */
  readonly isSecure: boolean;
  /** `https://depot.example.com`: what a browser's `Origin` must be. */
  readonly origin: string;
  /** The account that a trusted proxy has named. */
  readonly proxyAccount: string | undefined;
  /** Whether somebody who is no trusted proxy sent the header that names an account. */
  readonly pretends: boolean;
}

/** Makes the function that reads a request. `peer` is the address of the connection's other end. */
export function clientReader({ url, proxy }: SignInConfig): (request: Request, peer: string) => Client {
  const isTrusted = networks(proxy?.addresses ?? []);
  const accountHeader = proxy?.accountHeader;
  return (request, peer) => {
    const { headers } = request;
    const fromProxy = isTrusted(peer);
    const named = accountHeader === undefined ? undefined : (headers.get(accountHeader) ?? undefined);
    return {
      address: fromProxy
        ? clientAddress(plainAddress(peer), headers.get("x-forwarded-for"), isTrusted)
        : plainAddress(peer),
      // Looked at only for browsers: most requests come from programs, and many.
      get isSecure() {
        if (url !== undefined) return url.protocol === "https:";
        const scheme = fromProxy ? lastWord(headers.get("x-forwarded-proto")) : undefined;
        return (scheme ?? new URL(request.url).protocol.slice(0, -1)) === "https";
      },
      get origin() {
        return url?.origin ?? `${this.isSecure ? "https" : "http"}://${new URL(request.url).host}`;
      },
      // Empty where the proxy asked for no name at this address.
      proxyAccount: fromProxy && named !== "" ? named : undefined,
      pretends: !fromProxy && named !== undefined,
    };
  };
}

/** What the nearest proxy says, where several have written. */
function lastWord(header: string | null): string | undefined {
  return header?.split(",").at(-1)?.trim().toLowerCase();
}
