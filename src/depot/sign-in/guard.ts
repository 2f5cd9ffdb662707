// Guards what a browser sends by itself. Cookie and proxy say who is at the browser, not that this person wanted the
// request: any page can make a browser send one. Only pages of the depot can add a header of their own (OWASP Cross-Site
// Request Forgery Prevention: custom request headers, with the origin as a second check).
import type { SignedIn } from "../authentication.ts";
import type { Client } from "./client.ts";

export const GUARD_HEADER = "x-hab-request";

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** Why a request is refused; undefined when it is not. */
export function guardFault(
  request: Request,
  signedIn: SignedIn | undefined,
  client: Client,
): string | undefined {
  if (SAFE_METHODS.includes(request.method)) return undefined;
  const { headers } = request;
  const origin = headers.get("origin");
  if (signedIn === undefined || signedIn.by === "token") return undefined;
  if (headers.get(GUARD_HEADER) !== "1")
    return "A request by a browser's session needs the header X-Hab-Request: 1";
  const needsOrigin = signedIn.by === "session";
  if (origin === null ? needsOrigin : origin !== client.origin)
    return `The Origin of the request is not ${client.origin}`;
  return undefined;
}

/** Whether another site's page sent it. Programs say no origin. */
export function isFromElsewhere({ headers }: Request, client: Client): boolean {
  const origin = headers.get("origin");
  return origin !== null && origin !== client.origin;
}
