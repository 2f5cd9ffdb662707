// How the caller signs in: password, linked identities and sessions, to be seen and ended. Nothing here is for tokens with
// a scope, and what would outlive a stolen token asks for more than a token.

import { z } from "zod";
import { Secret } from "../../crypto/index.ts";
import { identitiesAnswer, sessionsAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, Refusal, text } from "../answers.ts";
import { cameByName } from "../authentication.ts";
import { rowId } from "../names.ts";
import { callerOf, type Route, route } from "../route.ts";
import { timeShape } from "../shapes.ts";
import { passwordFault } from "../sign-in/passwords.ts";
import { tokensOf } from "../store/accounts.ts";
import { recordAudit } from "../store/audit.ts";
import { timestampOf } from "../store/database.ts";
import { deleteIdentity, identitiesOf } from "../store/identities.ts";
import { passwordHashOf, setPasswordHash } from "../store/passwords.ts";
import { deleteSession, deleteSessionsOf, deleteSessionsOfWay, sessionsOf } from "../store/sessions.ts";

const nothing = z.object({});
const byId = z.object({ id: rowId });

export const profileSignInRoutes: readonly Route[] = [
  route({
    method: "PUT",
    path: "/profile/password",
    summary: "Change the caller's password; ends all other sessions",
    access: "session",
    body: z.strictObject({ old: z.string().max(1024).optional(), new: z.string().max(1024) }),
    answers: { 204: "empty", 403: "text", 404: "empty", 422: "text", 429: "text" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const { depot, client, signedIn } = call;
      if (!depot.signIn.config.password) return empty(404);
      const { old, new: wanted } = await call.json();
      const caller = callerOf(call);
      const { passwords, attempts } = depot.signIn;
      const hash = await passwordHashOf(depot.database.db, caller.id);
      if (hash === undefined) {
        // Whoever found a token must not be able to keep the account by it.
        if (signedIn?.by === "token")
          return text(403, "A first password is set by a person who has signed in");
      } else {
        const attempt = await attempts.begin(caller.name, client.address);
        if (!(await passwords.matches(old ?? "", hash))) return text(403, "The old password is not right");
        await attempt.succeeded();
      }
      const fault = passwordFault(wanted, caller.name);
      if (fault !== undefined) return text(422, fault);
      const newHash = await passwords.hash(new Secret(wanted), caller.name);
      await depot.database.write(async (writing) => {
        // Two changes at once: the second knew a password that is the old one no longer.
        if ((await passwordHashOf(writing.db, caller.id)) !== hash) throw new Refusal(409);
        await setPasswordHash(writing, caller.id, newHash);
        await deleteSessionsOf(writing, caller.id, signedIn?.session?.id);
        await recordAudit(writing, call.actor(), { operation: "password-set", subject: caller.name });
      });
      return empty(204);
    },
  }),
  route({
    method: "GET",
    path: "/profile/sessions",
    summary: "Sessions of the caller that have not ended",
    access: "session",
    answers: { 200: sessionsAnswer },
    params: nothing,
    query: nothing,
    async handle(call) {
      const { depot, signedIn } = call;
      const rows = await sessionsOf(depot.database.db, callerOf(call).id, timestampOf(depot.now()));
      const sessions = rows.map((row) => ({
        id: row.id,
        way: row.way,
        kind: row.kind,
        address: row.address,
        user_agent: row.user_agent,
        created_at: timeShape(row.created_at),
        seen_at: timeShape(row.seen_at),
        expires_at: timeShape(row.idle_until),
        current: row.id === signedIn?.session?.id,
      }));
      return json(200, { sessions }, NO_CACHE);
    },
  }),
  route({
    method: "DELETE",
    path: "/profile/sessions",
    summary: "End all sessions of the caller but the one of this request",
    access: "session",
    answers: { 204: "empty" },
    params: nothing,
    query: nothing,
    async handle(call) {
      const caller = callerOf(call);
      await call.depot.database.write(async (writing) => {
        const ended = await deleteSessionsOf(writing, caller.id, call.signedIn?.session?.id);
        await recordAudit(writing, call.actor(), {
          operation: "sign-out",
          subject: caller.name,
          details: { ended },
        });
      });
      return empty(204);
    },
  }),
  route({
    method: "DELETE",
    path: "/profile/sessions/:id",
    summary: "End a session of the caller",
    access: "session",
    answers: { 204: "empty", 404: "empty" },
    params: byId,
    query: nothing,
    async handle(call) {
      const caller = callerOf(call);
      const { id } = call.params;
      const ended = await call.depot.database.write(async (writing) => {
        if (!(await deleteSession(writing, caller.id, id))) return false;
        await recordAudit(writing, call.actor(), { operation: "sign-out", subject: id });
        return true;
      });
      return empty(ended ? 204 : 404);
    },
  }),
  route({
    method: "GET",
    path: "/profile/identities",
    summary: "Whom the caller is at other services, and whether the account has a password",
    access: "session",
    answers: { 200: identitiesAnswer },
    params: nothing,
    query: nothing,
    async handle(call) {
      const { db } = call.depot.database;
      const { id } = callerOf(call);
      const identities = (await identitiesOf(db, id)).map((row) => ({
        id: row.id,
        provider: row.provider,
        issuer: row.issuer,
        user_name: row.user_name,
        created_at: timeShape(row.created_at),
      }));
      const hash = await passwordHashOf(db, id);
      return json(200, { has_password: hash !== undefined, identities }, NO_CACHE);
    },
  }),
  route({
    method: "DELETE",
    path: "/profile/identities/:id",
    summary: "Unlink a service; ends the other sessions that began with it",
    access: "session",
    answers: { 204: "empty", 404: "empty", 409: "text" },
    params: byId,
    query: nothing,
    async handle(call) {
      const caller = callerOf(call);
      const { id } = call.params;
      return await call.depot.database.write(async (writing) => {
        const all = await identitiesOf(writing.db, caller.id);
        const identity = all.find((each) => each.id === id);
        if (identity === undefined) return empty(404);
        const others = [
          ...all.filter((each) => each !== identity),
          ...((await passwordHashOf(writing.db, caller.id)) === undefined ? [] : ["password"]),
          ...(await tokensOf(writing.db, caller.id)),
          ...(call.signedIn !== undefined && cameByName(call.signedIn) ? ["name"] : []),
        ];
        if (others.length === 0) return text(409, "This is the only way to sign in to the account");
        await deleteIdentity(writing, caller.id, id);
        // Who no longer trusts a service does not trust who came by it, whoever that was; but they are here themselves.
        await deleteSessionsOfWay(writing, caller.id, identity.provider, call.signedIn?.session?.id);
        await recordAudit(writing, call.actor(), {
          operation: "identity-unlink",
          subject: caller.name,
          details: { provider: identity.provider, issuer: identity.issuer, identity: identity.subject },
        });
        return empty(204);
      });
    },
  }),
];
