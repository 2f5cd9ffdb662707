// Logging in, and the licence of the original's public depot, which this one does not ask for (reference/depot-api.md
// §3.2, §13).
import { z } from "zod";
import { sessionAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, text } from "../answers.ts";
import { MAX_TOKEN_LENGTH } from "../limits.ts";
import { type Route, route } from "../route.ts";
import { tokenHash } from "../tokens.ts";

const nothing = z.object({});

export const sessionRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/authenticate/:code",
    summary: "Exchange a code of the login provider for a session",
    access: "anyone",
    answers: { 200: sessionAnswer, 401: "empty" },
    params: z.object({ code: z.string().min(1).max(MAX_TOKEN_LENGTH) }),
    query: nothing,
    async handle({ depot, params }) {
      // With fixed accounts a token is its own code, as in the original's test mode (§3.5).
      const id = depot.fixedAccounts.byTokenHash.get(tokenHash(params.code));
      const account =
        id === undefined
          ? undefined
          : await depot.database.db
              .selectFrom("accounts")
              .select(["id", "name", "email"])
              .where("id", "=", id)
              .executeTakeFirst();
      if (account === undefined) return empty(401);
      const { name, email } = account;
      return json(
        200,
        { id: account.id, name, email, token: params.code, flags: 0, oauth_token: "" },
        NO_CACHE,
      );
    },
  }),
  route({
    method: "GET",
    path: "/profile/license",
    summary: "The caller's licence: there is none",
    access: "session",
    answers: { 404: "empty" },
    params: nothing,
    query: nothing,
    handle: () => empty(404),
  }),
  route({
    method: "PUT",
    path: "/profile/license",
    summary: "Hand in a licence, which this depot asks for nowhere",
    access: "session",
    answers: { 400: "text" },
    params: nothing,
    query: nothing,
    handle: () => text(400, "This depot needs no license key."),
  }),
];
