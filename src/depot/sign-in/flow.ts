// A sign-in that goes by way of another service: what the browser carries there and back. It is kept in a cookie sealed
// with the depot's own key, so that it can come back to any process, costs no memory, and cannot be begun for somebody
// else (RFC 9700 §2.1, §4.7).
import { z } from "zod";
import { randomBytes, Secret } from "../../crypto/index.ts";
import type { Depot } from "../route.ts";
import type { Client } from "./client.ts";
import { cookie, setCookie } from "./cookies.ts";

const FLOW_COOKIE = "hab_sign_in";

/** Long enough to type a password and find a second factor. */
const FLOW_MS = 15 * 60_000;

const flowSchema = z.object({
  /** Told apart from whatever else is sealed with the key. */
  use: z.literal("sign-in"),
  provider: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  /** Session and account that asked to be linked with whoever comes back. */
  link: z.object({ session: z.string(), account: z.string() }).optional(),
  until: z.number(),
});

export type Flow = z.infer<typeof flowSchema>;

export interface FlowStart {
  readonly provider: string;
  readonly returnTo: string;
  readonly link: Flow["link"];
}

/** A new flow, and `Set-Cookie` for it. */
export async function beginFlow(
  depot: Depot,
  client: Client,
  start: FlowStart,
): Promise<{ readonly flow: Flow; readonly setCookie: string }> {
  const random = () => Buffer.from(randomBytes(32)).toString("base64url");
  const flow: Flow = {
    use: "sign-in",
    provider: start.provider,
    state: random(),
    nonce: random(),
    verifier: random(),
    returnTo: start.returnTo,
    ...(start.link !== undefined && { link: start.link }),
    until: depot.now() + FLOW_MS,
  };
  const sealed = await depot.secrets.seal(new Secret(JSON.stringify(flow)));
  return { flow, setCookie: flowCookie(client, Buffer.from(sealed).toString("base64url"), FLOW_MS / 1000) };
}

/** The flow a browser brings back to `provider`; undefined where there is none, or it took too long. */
export async function flowOf(
  depot: Depot,
  client: Client,
  headers: Headers,
  provider: string,
): Promise<Flow | undefined> {
  const value = cookie(headers, FLOW_COOKIE, client.isSecure);
  if (value === undefined) return undefined;
  const flow = await opened(depot, value);
  return flow !== undefined && flow.provider === provider && flow.until > depot.now() ? flow : undefined;
}

/** `Set-Cookie` that takes it away: each flow is good for one answer. */
export function endedFlowCookie(client: Client): string {
  return flowCookie(client, "", 0);
}

function flowCookie({ isSecure }: Client, value: string, maxAgeSeconds: number): string {
  // It must come back with a redirection from the provider's site.
  return setCookie(FLOW_COOKIE, value, { isSecure, maxAgeSeconds, sameSite: "Lax" });
}

async function opened(depot: Depot, value: string): Promise<Flow | undefined> {
  try {
    const text = await depot.secrets.open(Buffer.from(value, "base64url").toString());
    return flowSchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Sealed by nobody, or with a key that is no longer here.
    return undefined;
  }
}
