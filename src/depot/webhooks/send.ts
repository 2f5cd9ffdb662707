// Sends one delivery. What counts is the status: 2xx is taken, everything else is not, redirections included, which could
// lead where webhooks may not go.
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import type { Secret } from "../../crypto/index.ts";
import { SIGNATURE_HEADER, signatureOf } from "./signature.ts";
import { addressOf, type WebhookTargets } from "./targets.ts";

/** A receiver has this long for all of it. */
export const SEND_MS = 10_000;

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly payload: string;
  readonly url: string;
  readonly secret: Secret<string>;
}

/** Sends it and gives the status of the answer. Throws when there is none, or when it may not go there. */
export async function sendDelivery(
  { id, event, payload, url: text, secret }: Delivery,
  targets: WebhookTargets,
  nowMs: number,
): Promise<number> {
  const url = new URL(text);
  const deadline = AbortSignal.timeout(SEND_MS);
  const { address, family } = await addressOf(url, targets);
  const lookup: LookupFunction = (_name, options, found) => {
    if (options.all === true) found(null, [{ address, family }]);
    else found(null, address, family);
  };
  const { request } = url.protocol === "https:" ? https : http;
  return await new Promise<number>((resolve, reject) => {
    const sent = request(
      {
        hostname: url.hostname.replace(/^\[|\]$/g, ""),
        port: url.port === "" ? undefined : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: "POST",
        lookup,
        signal: deadline,
        headers: {
          Host: url.host,
          "Content-Type": "application/json",
          "Content-Length": Buffer.byteLength(payload),
          "User-Agent": "hab-depot",
          "X-Hab-Event": event,
          "X-Hab-Delivery": id,
          [SIGNATURE_HEADER]: signatureOf(secret, Math.floor(nowMs / 1000), payload),
          Connection: "close",
        },
      },
      (answer) => {
        // Nobody reads what it says.
        answer.destroy();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.on("error", (error) =>
      reject(deadline.aborted ? new Error(`no answer within ${SEND_MS / 1000} s`) : error),
    );
    sent.end(payload);
  });
}
