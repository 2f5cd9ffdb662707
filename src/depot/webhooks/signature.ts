// What a receiver checks: HMAC-SHA256 (RFC 2104) over the time and the body, with the webhook's secret. The time is signed
// too, so that an old delivery cannot be sent again by somebody else.
import { createHmac, randomBytes } from "node:crypto";
import { Secret } from "../../crypto/index.ts";

/** Name of the header with the signature. */
export const SIGNATURE_HEADER = "X-Hab-Signature";

/** A secret of 256 random bits. */
export function newWebhookSecret(): Secret<string> {
  return new Secret(`whsec_${randomBytes(32).toString("base64url")}`);
}

/** `t=SECONDS,v1=HEX`: the HMAC of `SECONDS.BODY`. */
export function signatureOf(secret: Secret<string>, seconds: number, body: string): string {
  const code = createHmac("sha256", secret.reveal()).update(`${seconds}.${body}`).digest("hex");
  return `t=${seconds},v1=${code}`;
}
