// The caller's own account (reference/depot-api.md §13).
import { z } from "zod";
import { accountAnswer, ownOriginAnswer } from "../answer-schemas.ts";
import { empty, json } from "../answers.ts";
import { ROLES } from "../roles.ts";
import { callerOf, type Route, route } from "../route.ts";
import { coversOrigin } from "../scopes.ts";
import { accountShape, newOriginShape } from "../shapes.ts";
import { setEmail } from "../store/accounts.ts";
import { recordAudit } from "../store/audit.ts";
import { originsOf } from "../store/origins.ts";

const nothing = z.object({});

export const profileRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/profile",
    summary: "The caller's account",
    access: "session",
    answers: { 200: accountAnswer },
    params: nothing,
    query: nothing,
    handle: (call) => json(200, accountShape(callerOf(call))),
  }),
  route({
    method: "PATCH",
    path: "/profile",
    summary: "Change the caller's address",
    access: "session",
    answers: { 200: "empty", 400: "text" },
    body: z.object({ email: z.string().max(320) }),
    params: nothing,
    query: nothing,
    async handle(call) {
      const { email } = await call.json();
      if (email === "") return empty(400);
      const account = callerOf(call);
      await call.depot.database.write(async (writing) => {
        await setEmail(writing, account.id, email);
        await recordAudit(writing, call.actor(), { operation: "account-change", subject: account.name });
      });
      return empty(200);
    },
  }),
  route({
    method: "GET",
    path: "/user/origins",
    summary: "Origins the caller is a member of",
    access: "session",
    answers: { 200: z.array(ownOriginAnswer) },
    params: nothing,
    query: nothing,
    async handle(call) {
      const caller = callerOf(call);
      const origins = await originsOf(call.depot.database.db, caller.id);
      const reachable = origins.filter((origin) => coversOrigin(caller, origin.name));
      return json(
        200,
        reachable.map((origin) => ({
          ...newOriginShape(origin),
          package_count: origin.package_count,
          role: ROLES.find((role) => role === origin.role) ?? ROLES[0],
        })),
      );
    },
  }),
];
