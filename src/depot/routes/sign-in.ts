// Signing in with a browser, and out: the ways there are, by password, and by what a proxy in front has found out. What
// redirects to another service is in sign-in-redirect.ts.
import { z } from "zod";
import { accountAnswer, signInWaysAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, text } from "../answers.ts";
import { type Route, route } from "../route.ts";
import { accountShape } from "../shapes.ts";
import { accountForName } from "../sign-in/account-for.ts";
import { SIGN_IN_FAILURES } from "../sign-in/failures.ts";
import { isFromElsewhere } from "../sign-in/guard.ts";
import { accountOfPassword } from "../sign-in/password-account.ts";
import { countQuestion } from "../sign-in/questions.ts";
import { returnTo, returnToQuery } from "../sign-in/return-to.ts";
import { endedSessionCookie, sessionCookie, startSession } from "../sign-in/sessions.ts";
import { waysOf } from "../sign-in/ways.ts";
import { recordAudit } from "../store/audit.ts";
import { deleteSession } from "../store/sessions.ts";

const nothing = z.object({});

export const signInRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/sign-in",
    summary: "The ways to sign in with a browser, and who is signed in",
    access: "anyone",
    answers: { 200: signInWaysAnswer },
    params: nothing,
    query: nothing,
    handle: ({ depot, account }) =>
      json(
        200,
        {
          ways: waysOf(depot.signIn.config),
          account: account === undefined ? null : accountShape(account),
        },
        NO_CACHE,
      ),
  }),
  route({
    method: "POST",
    path: "/sign-in/password",
    summary: "Sign in with name and password; sets the session's cookie",
    access: "anyone",
    body: z.strictObject({ name: z.string().max(255), password: z.string().max(1024) }),
    answers: { 200: accountAnswer, 401: "empty", 403: "text", 404: "empty", 429: "text" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const { depot, client, request } = call;
      if (!depot.signIn.config.password) return empty(404);
      if (isFromElsewhere(request, client)) return text(403, "Another site's page sent this request");
      const { name, password } = await call.json();
      const account = await accountOfPassword(depot, client, name, password);
      if (account === undefined) return empty(401);
      const secret = await startSession(depot, {
        account,
        way: "password",
        kind: "browser",
        client,
        request,
      });
      const answer = json(200, accountShape(account), NO_CACHE);
      answer.headers.append("Set-Cookie", sessionCookie(depot, secret, client));
      return answer;
    },
  }),
  route({
    method: "GET",
    path: "/sign-in/proxy",
    summary: "Begin a session as the account a trusted proxy names",
    access: "anyone",
    answers: { 303: "empty", 401: "empty", 404: "empty" },
    params: nothing,
    query: returnToQuery,
    async handle({ depot, client, request, signedIn, query }) {
      if (depot.signIn.config.proxy?.accountHeader === undefined) return empty(404);
      if (signedIn?.by !== "proxy") return empty(401);
      const { caller: account } = signedIn;
      const secret = await startSession(depot, { account, way: "proxy", kind: "browser", client, request });
      const answer = empty(303, { Location: returnTo(query.return_to), "Cache-Control": NO_CACHE });
      answer.headers.append("Set-Cookie", sessionCookie(depot, secret, client));
      return answer;
    },
  }),
  route({
    method: "GET",
    path: "/sign-in/kerberos",
    summary: "Begin a session with a Kerberos ticket (Authorization: Negotiate)",
    access: "anyone",
    answers: { 303: "empty", 401: "text", 404: "empty" },
    params: nothing,
    query: returnToQuery,
    async handle({ depot, client, request, query }) {
      const { kerberos } = depot.signIn;
      if (kerberos === undefined) return empty(404);
      const ask = (why: string) => text(401, why, { "WWW-Authenticate": "Negotiate" });
      const header = request.headers.get("authorization");
      if (header === null) return ask("Sign in with a Kerberos ticket");
      countQuestion(depot, client);
      const holder = kerberos.accept(header);
      if (typeof holder === "string") {
        depot.log(`a Kerberos ticket from ${client.address} was refused: ${holder}`);
        return ask("The ticket was refused");
      }
      const { newAccounts } = kerberos.words;
      const account = await accountForName(depot, { name: holder.name, way: "kerberos", newAccounts });
      if (typeof account === "string") return ask(SIGN_IN_FAILURES[account]);
      const secret = await startSession(depot, {
        account,
        way: "kerberos",
        kind: "browser",
        client,
        request,
      });
      const answer = empty(303, {
        Location: returnTo(query.return_to),
        "Cache-Control": NO_CACHE,
        "WWW-Authenticate": holder.reply,
      });
      answer.headers.append("Set-Cookie", sessionCookie(depot, secret, client));
      return answer;
    },
  }),
  route({
    method: "POST",
    path: "/sign-out",
    summary: "End the session of this request",
    access: "anyone",
    answers: { 204: "empty", 403: "text" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const { depot, client, signedIn } = call;
      const session = signedIn?.session;
      if (session !== undefined)
        await depot.database.write(async (writing) => {
          await deleteSession(writing, session.account_id, session.id);
          await recordAudit(writing, call.actor(), { operation: "sign-out", subject: session.id });
        });
      const answer = empty(204, { "Cache-Control": NO_CACHE });
      answer.headers.append("Set-Cookie", endedSessionCookie(client));
      return answer;
    },
  }),
];
