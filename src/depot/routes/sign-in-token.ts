// Signing in from a program: name and password for a token, in one request and without cookies; and a token's end by whoever
// holds it, as RFC 7009 has it (possession is all the proof there is).
import { z } from "zod";
import { tokenAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, text } from "../answers.ts";
import { MAX_TOKEN_DAYS, MAX_TOKEN_LENGTH } from "../limits.ts";
import { type Route, route } from "../route.ts";
import { UNLIMITED } from "../scopes.ts";
import { tokenShape } from "../shapes.ts";
import type { Client } from "../sign-in/client.ts";
import { isFromElsewhere } from "../sign-in/guard.ts";
import { accountOfPassword } from "../sign-in/password-account.ts";
import { deleteToken, tokenOfHash } from "../store/accounts.ts";
import { type Actor, recordAudit } from "../store/audit.ts";
import type { RowId } from "../store/schema.ts";
import { tokenHash } from "../tokens.ts";
import { expiryAfter, furtherLabel, makeToken } from "./access-tokens.ts";

const nothing = z.object({});

export const signInTokenRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/sign-in/token",
    summary: "Make a token with name and password",
    access: "anyone",
    body: z.strictObject({
      name: z.string().max(255),
      password: z.string().max(1024),
      label: furtherLabel,
      days: z.number().int().min(1).max(MAX_TOKEN_DAYS).optional(),
    }),
    answers: { 200: tokenAnswer, 401: "empty", 403: "text", 404: "empty", 422: "text", 429: "text" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const { depot, client, request } = call;
      if (!depot.signIn.config.password) return empty(404);
      if (isFromElsewhere(request, client)) return text(403, "Another site's page sent this request");
      const { name, password, label, days } = await call.json();
      const account = await accountOfPassword(depot, client, name, password);
      if (account === undefined) return empty(401);
      const wanted = { label, expiresAt: expiryAfter(depot, days), scope: UNLIMITED };
      const { row, token } = await makeToken(depot, holder(account, client), account.id, wanted);
      return json(200, tokenShape(row, token.reveal()), NO_CACHE);
    },
  }),
  route({
    method: "POST",
    path: "/sign-out/token",
    summary: "End the token in the body, as its holder; one that is none is as good as ended",
    access: "anyone",
    body: z.strictObject({ token: z.string().max(MAX_TOKEN_LENGTH) }),
    answers: { 204: "empty" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const hash = tokenHash((await call.json()).token);
      await call.depot.database.write(async (writing) => {
        const found = await tokenOfHash(writing.db, hash);
        if (found === undefined) return;
        await deleteToken(writing, found.account.id, found.tokenId);
        await recordAudit(writing, holder(found.account, call.client), {
          operation: "token-revoke",
          subject: found.tokenId,
        });
      });
      return empty(204, { "Cache-Control": NO_CACHE });
    },
  }),
];

/** Who is written into the audit where a request proves itself who sends it. */
function holder({ id, name }: { readonly id: RowId; readonly name: string }, { address }: Client): Actor {
  return { accountId: id, accountName: name, trigger: "sign-in", address };
}
