// Personal access tokens (reference/depot-api.md §13). The original knows one for each account, which a new one replaces;
// beside it an account may have others here, with a label, an end, and a scope.
import { z } from "zod";
import type { Secret } from "../../crypto/index.ts";
import { tokenAnswer, tokensAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, Refusal, text } from "../answers.ts";
import { jsonBody } from "../bodies.ts";
import { MAX_LABEL_LENGTH, MAX_SCOPE_ORIGINS, MAX_TOKEN_DAYS, MAX_TOKENS_PER_ACCOUNT } from "../limits.ts";
import { originName } from "../names.ts";
import { callerOf, type Depot, type Route, route } from "../route.ts";
import { type TokenScope, UNLIMITED, VERBS } from "../scopes.ts";
import { tokenShape } from "../shapes.ts";
import {
  deleteToken,
  deleteTokensLabelled,
  insertToken,
  type TokenRow,
  tokensOf,
} from "../store/accounts.ts";
import { type Actor, recordAudit } from "../store/audit.ts";
import { timestampOf, type Writing } from "../store/database.ts";
import type { RowId, Timestamp } from "../store/schema.ts";
import { newToken, tokenHash } from "../tokens.ts";

/** Label of the one token an account makes as with the original; making another replaces it, as there. */
const ONLY_TOKEN_LABEL = "profile";

const MS_PER_DAY = 86_400_000;

const nothing = z.object({});

/** Of a token beside the one of the original's kind. */
export const furtherLabel = z
  .string()
  .min(1)
  .max(MAX_LABEL_LENGTH)
  .refine((label) => label !== ONLY_TOKEN_LABEL, "is the label of the token that is made without a body");

/** A body asks for a further token; without one it is the original's request. */
const furtherToken = z.strictObject({
  label: furtherLabel,
  days: z.number().int().min(1).max(MAX_TOKEN_DAYS).optional(),
  origins: z.array(originName).min(1).max(MAX_SCOPE_ORIGINS).optional(),
  verbs: z.array(z.enum(VERBS)).optional(),
});

function hasBody({ headers, body }: Request): boolean {
  return body !== null && headers.get("content-length") !== "0" && headers.has("content-type");
}

export interface WantedToken {
  readonly label: string;
  readonly expiresAt: Timestamp | null;
  readonly scope: TokenScope;
}

/** When a token made now ends; null for never. */
export function expiryAfter(depot: Depot, days: number | undefined): Timestamp | null {
  return days === undefined ? null : timestampOf(depot.now() + days * MS_PER_DAY);
}

/** Makes a token of an account. The token itself is in the answer and nowhere else. Refuses with 422 where there are too many. */
export async function makeToken(
  depot: Depot,
  actor: Actor,
  accountId: RowId,
  wanted: WantedToken,
): Promise<{ readonly row: TokenRow; readonly token: Secret<string> }> {
  const token = newToken();
  const row = await depot.database.write((writing) =>
    insertNewToken(writing, actor, accountId, wanted, token),
  );
  return { row, token };
}

/** The same in a transaction that has more to do, with the token to keep the hash of. */
export async function insertNewToken(
  writing: Writing,
  actor: Actor,
  accountId: RowId,
  { label, expiresAt, scope }: WantedToken,
  token: Secret<string>,
): Promise<TokenRow> {
  if (label === ONLY_TOKEN_LABEL) await deleteTokensLabelled(writing, accountId, ONLY_TOKEN_LABEL);
  if ((await tokensOf(writing.db, accountId)).length >= MAX_TOKENS_PER_ACCOUNT)
    throw new Refusal(422, `An account has at most ${MAX_TOKENS_PER_ACCOUNT} tokens`);
  const hash = tokenHash(token.reveal());
  const inserted = await insertToken(writing, accountId, { hash, label, expiresAt }, scope);
  await recordAudit(writing, actor, {
    operation: "token-create",
    subject: inserted.id,
    details: { label, ...scope },
  });
  return inserted;
}

export const accessTokenRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/profile/access-tokens",
    summary: "Tokens of the caller, without the tokens themselves",
    access: "session",
    answers: { 200: tokensAnswer },
    params: nothing,
    query: nothing,
    async handle(call) {
      const rows = await tokensOf(call.depot.database.db, callerOf(call).id);
      // The original lists tokens in clear; here only their hashes exist.
      return json(200, { tokens: rows.map((row) => tokenShape(row, "")) }, NO_CACHE);
    },
  }),
  route({
    method: "POST",
    path: "/profile/access-tokens",
    summary: "Make a token: with a body a further one, without the one that replaces the last made so",
    access: "session",
    optionalBody: furtherToken,
    answers: { 200: tokenAnswer, 422: "text" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const caller = callerOf(call);
      const wanted = hasBody(call.request) ? await jsonBody(call.request, furtherToken) : undefined;
      const { row, token } = await makeToken(call.depot, call.actor(), caller.id, {
        label: wanted?.label ?? ONLY_TOKEN_LABEL,
        expiresAt: expiryAfter(call.depot, wanted?.days),
        scope: wanted === undefined ? UNLIMITED : { origins: wanted.origins, verbs: wanted.verbs },
      });
      return json(200, tokenShape(row, token.reveal()), NO_CACHE);
    },
  }),
  route({
    method: "DELETE",
    path: "/profile/access-tokens/:id",
    summary: "Revoke a token",
    access: "session",
    answers: { 200: "empty", 401: "text", 422: "text" },
    params: z.object({ id: z.string().regex(/^[0-9]{1,20}$/) }),
    badParams: { status: 422, text: "Error parsing access token." },
    query: nothing,
    async handle(call) {
      const caller = callerOf(call);
      const removed = await call.depot.database.write(async (writing) => {
        if (!(await deleteToken(writing, caller.id, call.params.id))) return false;
        await recordAudit(writing, call.actor(), { operation: "token-revoke", subject: call.params.id });
        return true;
      });
      return removed ? empty(200) : text(401, "Unauthorized access.");
    },
  }),
];
