// The caller's own account and tokens (reference/depot-api.md §13).
import { z } from "zod";
import { empty, json, NO_CACHE, text } from "../answers.ts";
import { jsonBody } from "../bodies.ts";
import { type Call, type Route, route } from "../route.ts";
import { accountShape, newOriginShape, tokenShape } from "../shapes.ts";
import {
  type Account,
  deleteToken,
  deleteTokensLabelled,
  insertToken,
  setEmail,
  tokensOf,
} from "../store/accounts.ts";
import { recordAudit } from "../store/audit.ts";
import { originsOf } from "../store/origins.ts";
import { newToken, tokenHash } from "../tokens.ts";

/** Label of the one token an account makes through the API; making another replaces it, as there. */
const API_TOKEN_LABEL = "profile";

const nothing = z.object({});

function accountOf({ account }: Call<unknown, unknown>): Account {
  // The route's access is `session`: the app has refused callers without an account.
  return account as Account;
}

export const profileRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/profile",
    access: "session",
    params: nothing,
    query: nothing,
    handle: (call) => json(200, accountShape(accountOf(call))),
  }),
  route({
    method: "PATCH",
    path: "/profile",
    access: "session",
    params: nothing,
    query: nothing,
    async handle(call) {
      const { email } = await jsonBody(call.request, z.object({ email: z.string().max(320) }));
      if (email === "") return empty(400);
      const account = accountOf(call);
      await call.depot.database.write(async (writing) => {
        await setEmail(writing, account.id, email);
        await recordAudit(writing, call.actor(), { operation: "account-change", subject: account.name });
      });
      return empty(200);
    },
  }),
  route({
    method: "GET",
    path: "/profile/access-tokens",
    access: "session",
    params: nothing,
    query: nothing,
    async handle(call) {
      const rows = await tokensOf(call.depot.database.db, accountOf(call).id);
      // The original lists tokens in clear; here only their hashes exist.
      return json(200, { tokens: rows.map((row) => tokenShape(row, "")) }, NO_CACHE);
    },
  }),
  route({
    method: "POST",
    path: "/profile/access-tokens",
    access: "session",
    params: nothing,
    query: nothing,
    async handle(call) {
      const account = accountOf(call);
      const token = newToken();
      const row = await call.depot.database.write(async (writing) => {
        await deleteTokensLabelled(writing, account.id, API_TOKEN_LABEL);
        const inserted = await insertToken(writing, account.id, {
          hash: tokenHash(token.reveal()),
          label: API_TOKEN_LABEL,
          expiresAt: null,
        });
        await recordAudit(writing, call.actor(), { operation: "token-create", subject: inserted.id });
        return inserted;
      });
      return json(200, tokenShape(row, token.reveal()), NO_CACHE);
    },
  }),
  route({
    method: "DELETE",
    path: "/profile/access-tokens/:id",
    access: "session",
    params: z.object({ id: z.string().regex(/^[0-9]{1,20}$/) }),
    badParams: { status: 422, text: "Error parsing access token." },
    query: nothing,
    async handle(call) {
      const account = accountOf(call);
      const removed = await call.depot.database.write(async (writing) => {
        if (!(await deleteToken(writing, account.id, call.params.id))) return false;
        await recordAudit(writing, call.actor(), { operation: "token-revoke", subject: call.params.id });
        return true;
      });
      return removed ? empty(200) : text(401, "Unauthorized access.");
    },
  }),
  route({
    method: "GET",
    path: "/user/origins",
    access: "session",
    params: nothing,
    query: nothing,
    async handle(call) {
      const origins = await originsOf(call.depot.database.db, accountOf(call).id);
      return json(
        200,
        origins.map((origin) => ({ ...newOriginShape(origin), package_count: origin.package_count })),
      );
    },
  }),
];
