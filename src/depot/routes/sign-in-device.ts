// Signing in from a terminal by a code (sign-in/device.ts): the terminal begins and asks; a person looks at what it says of
// itself and decides. Approved is what was seen: the request's id comes back with the decision, and its row never changes.
import { z } from "zod";
import { deviceBegunAnswer, deviceRequestAnswer, deviceWaitAnswer, tokenAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, Refusal, text } from "../answers.ts";
import { MAX_TOKEN_DAYS, MAX_TOKEN_LENGTH, MAX_TOKENS_PER_ACCOUNT } from "../limits.ts";
import { rowId } from "../names.ts";
import { addressKey, type RateLimit } from "../rate-limit.ts";
import { type Call, callerOf, type Depot, type Route, route } from "../route.ts";
import { UNLIMITED } from "../scopes.ts";
import { timeShape, tokenShape } from "../shapes.ts";
import {
  DEVICE_REQUEST_MS,
  MAX_DEVICE_REQUESTS,
  newUserCode,
  POLL_SECONDS,
  shownUserCode,
  userCodeOf,
} from "../sign-in/device.ts";
import { isFromElsewhere } from "../sign-in/guard.ts";
import { hasWayForBrowsers } from "../sign-in/ways.ts";
import { accountInUse, tokensOf } from "../store/accounts.ts";
import { recordAudit } from "../store/audit.ts";
import { timestampOf } from "../store/database.ts";
import {
  countDeviceRequests,
  decideDeviceRequest,
  deleteDeviceRequest,
  deviceRequestOfHash,
  insertDeviceRequest,
  waitingDeviceRequest,
} from "../store/device-requests.ts";
import type { DeviceRequestRow } from "../store/schema.ts";
import { newToken, tokenHash } from "../tokens.ts";
import { expiryAfter, furtherLabel, insertNewToken } from "./access-tokens.ts";

const nothing = z.object({});

/** Longer than any code, whatever blanks and dashes are in it. */
const byCode = z.object({ code: z.string().min(1).max(40) });

/** Shown to who is to decide, so nothing in it may hide a part of it or turn it round. */
const shownLabel = furtherLabel.regex(/^\P{C}*$/u);

const NO_TOKENS = "A person decides this, signed in on the depot's pages";

export const signInDeviceRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/sign-in/device",
    summary: "Begin to sign in from a terminal: a code that is approved on a page",
    access: "anyone",
    body: z.strictObject({
      label: shownLabel,
      days: z.number().int().min(1).max(MAX_TOKEN_DAYS).optional(),
    }),
    answers: { 200: deviceBegunAnswer, 403: "text", 404: "empty", 429: "text" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const { depot, client, request } = call;
      if (!hasWayForBrowsers(depot.signIn.config)) return empty(404);
      if (isFromElsewhere(request, client)) return text(403, "Another site's page sent this request");
      const { label, days } = await call.json();
      const { begins } = depot.signIn.devices;
      if (!begins.take(client.address)) throw tooMany(begins);
      const secret = newToken();
      const row = await depot.database.write(async (writing) => {
        const inserted = await insertDeviceRequest(writing, {
          secret_hash: tokenHash(secret.reveal()),
          user_code: newUserCode(),
          label,
          days: days ?? null,
          address: client.address,
          expires_at: timestampOf(depot.now() + DEVICE_REQUEST_MS),
        });
        if ((await countDeviceRequests(writing.db)) > MAX_DEVICE_REQUESTS) throw tooMany(begins);
        return inserted;
      });
      const code = shownUserCode(row.user_code);
      const page = `${client.origin}/sign-in/device`;
      const begun = {
        device_code: secret.reveal(),
        user_code: code,
        verification_uri: page,
        verification_uri_complete: `${page}?code=${code}`,
        expires_in: DEVICE_REQUEST_MS / 1000,
        interval: POLL_SECONDS,
      };
      return json(200, begun, NO_CACHE);
    },
  }),
  route({
    method: "POST",
    path: "/sign-in/device/token",
    summary: "Ask for the token of a code: 202 until somebody has decided",
    access: "anyone",
    body: z.strictObject({ device_code: z.string().max(MAX_TOKEN_LENGTH) }),
    answers: { 200: tokenAnswer, 202: deviceWaitAnswer, 403: "text", 410: "text", 422: "text" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const { depot } = call;
      const hash = tokenHash((await call.json()).device_code);
      const found = await deviceRequestOfHash(depot.database.db, hash, timestampOf(depot.now()));
      if (found === undefined) return ended();
      if (found.state === "waiting") {
        const interval = depot.signIn.devices.pace.secondsAfter(found.id);
        return json(202, { interval }, NO_CACHE);
      }
      return await decided(call, hash);
    },
  }),
  route({
    method: "GET",
    path: "/profile/device-requests/:code",
    summary: "What asks for a token by this code, for the person who is to decide",
    access: "session",
    answers: { 200: deviceRequestAnswer, 403: "text", 404: "empty", 429: "text" },
    params: byCode,
    query: nothing,
    async handle(call) {
      if (call.signedIn?.by === "token") return text(403, NO_TOKENS);
      const row = await requestOfCode(call, call.params.code);
      if (row === undefined) return empty(404);
      const seen = {
        id: row.id,
        user_code: shownUserCode(row.user_code),
        label: row.label,
        days: row.days,
        address: row.address,
        same_address: addressKey(row.address) === addressKey(call.client.address),
        created_at: timeShape(row.created_at),
        expires_at: timeShape(row.expires_at),
      };
      return json(200, seen, NO_CACHE);
    },
  }),
  route({
    method: "PUT",
    path: "/profile/device-requests/:code",
    summary: "Approve what asks for a token by this code, or refuse it",
    access: "session",
    body: z.strictObject({ id: rowId, approve: z.boolean() }),
    answers: { 204: "empty", 403: "text", 404: "empty", 422: "text", 429: "text" },
    params: byCode,
    query: nothing,
    async handle(call) {
      if (call.signedIn?.by === "token") return text(403, NO_TOKENS);
      const { id, approve } = await call.json();
      const caller = callerOf(call);
      const seen = await requestOfCode(call, call.params.code);
      if (seen?.id !== id) return empty(404);
      return await call.depot.database.write(async (writing) => {
        const row = await waitingDeviceRequest(writing.db, seen.user_code, writing.at);
        if (row?.id !== id) return empty(404);
        if (approve && (await tokensOf(writing.db, caller.id)).length >= MAX_TOKENS_PER_ACCOUNT)
          return text(422, `An account has at most ${MAX_TOKENS_PER_ACCOUNT} tokens`);
        await decideDeviceRequest(writing, id, {
          state: approve ? "approved" : "refused",
          accountId: caller.id,
        });
        await recordAudit(writing, call.actor(), {
          operation: approve ? "device-approve" : "device-refuse",
          subject: row.label,
          details: { address: row.address },
        });
        return empty(204);
      });
    },
  }),
];

/** The waiting request of a typed code. Counts codes that are none; refuses with 429. */
async function requestOfCode(
  call: Call<unknown, unknown>,
  typed: string,
): Promise<DeviceRequestRow | undefined> {
  const { depot, client } = call;
  const { wrongCodes } = depot.signIn.devices;
  const counted = [client.address, callerOf(call).id];
  if (!counted.every((key) => wrongCodes.has(key))) throw tooMany(wrongCodes);
  const code = userCodeOf(typed);
  const row =
    code === undefined
      ? undefined
      : await waitingDeviceRequest(depot.database.db, code, timestampOf(depot.now()));
  if (row === undefined) for (const key of counted) wrongCodes.take(key);
  return row;
}

/** Makes the token of an approved request, once: the row goes in the same transaction. */
async function decided({ depot, client }: Call<unknown, unknown>, hash: string): Promise<Response> {
  const token = newToken();
  return await depot.database.write(async (writing) => {
    const row = await deviceRequestOfHash(writing.db, hash, writing.at);
    if (row === undefined) return ended();
    await deleteDeviceRequest(writing, row.id);
    const account = row.account_id === null ? undefined : await accountInUse(writing.db, row.account_id);
    if (row.state !== "approved" || account === undefined)
      return text(403, "The request was refused", { "Cache-Control": NO_CACHE });
    const actor = {
      accountId: account.id,
      accountName: account.name,
      trigger: "sign-in",
      address: client.address,
    };
    const wanted = { label: row.label, expiresAt: expiry(depot, row), scope: UNLIMITED };
    const inserted = await insertNewToken(writing, actor, account.id, wanted, token);
    return json(200, tokenShape(inserted, token.reveal()), NO_CACHE);
  });
}

function expiry(depot: Depot, { days }: DeviceRequestRow): ReturnType<typeof expiryAfter> {
  return expiryAfter(depot, days ?? undefined);
}

/** Too old, used already, or never there: who holds no code need not know which. */
function ended(): Response {
  return text(410, "The code has expired", { "Cache-Control": NO_CACHE });
}

function tooMany(limit: RateLimit): Refusal {
  return new Refusal(429, "Too many requests", { "Retry-After": String(limit.retryAfterSeconds) });
}
