// Members of an origin: who they are, their roles, leaving, and handing the origin on (reference/depot-api.md §11).
import { z } from "zod";
import { membersAnswer, roleAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, Refusal, text } from "../answers.ts";
import { accountName, originName } from "../names.ts";
import { memberRole, ROLES, type Role, roleIn } from "../roles.ts";
import { callerOf, type Depot, type Route, route } from "../route.ts";
import { type Account, accountNamed } from "../store/accounts.ts";
import { recordAudit } from "../store/audit.ts";
import type { Writing } from "../store/database.ts";
import { memberNames, removeMember, setMemberRole, transferOwnership } from "../store/members.ts";

const nothing = z.object({});
const ofOrigin = z.object({ origin: originName });
const ofMember = z.object({ origin: originName, user: accountName });

function parseRole(text: string | undefined): Role | undefined {
  return ROLES.find((role) => role === text?.toLowerCase());
}

/** The account of this name, or 404. */
async function accountOrRefuse(depot: Depot, name: string): Promise<Account> {
  const account = await accountNamed(depot.database.db, name);
  if (account === undefined) throw new Refusal(404);
  return account;
}

/** Refuses unless, now that nobody else can write, the account is still the owner. */
async function requireOwner({ db }: Writing, origin: string, accountId: string): Promise<void> {
  if ((await memberRole(db, origin, accountId)) !== "owner") throw new Refusal(403);
}

export const memberRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/origins/:origin/users",
    summary: "Names of an origin's members",
    access: { role: "readonly_member" },
    answers: { 200: membersAnswer },
    params: ofOrigin,
    query: nothing,
    async handle({ depot, params: { origin } }) {
      return json(200, { origin, members: await memberNames(depot.database.db, origin) }, NO_CACHE);
    },
  }),
  route({
    method: "DELETE",
    path: "/depot/origins/:origin/users/:user",
    summary: "Remove a member",
    // Documented for administrators; the original asks for the owner.
    access: { role: "owner" },
    verb: "manage",
    answers: { 204: "empty", 404: "empty", 422: "text" },
    params: ofMember,
    query: nothing,
    async handle(call) {
      const { origin, user } = call.params;
      // Compat: the spelling.
      if (callerOf(call).name === user) return text(422, "Removing the owner is not allowd");
      const account = await accountOrRefuse(call.depot, user);
      await call.depot.database.write(async (writing) => {
        if ((await memberRole(writing.db, origin, account.id)) === "owner") throw new Refusal(403);
        if (!(await removeMember(writing, origin, account.id))) return;
        await recordAudit(writing, call.actor(), { operation: "member-remove", subject: user, origin });
      });
      return empty(204);
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/users/:user/role",
    summary: "Role of a member",
    access: { role: "member" },
    answers: { 200: roleAnswer, 404: "empty" },
    params: ofMember,
    query: nothing,
    async handle({ depot, params }) {
      const account = await accountOrRefuse(depot, params.user);
      const role = await memberRole(depot.database.db, params.origin, account.id);
      return role === undefined ? empty(404) : json(200, { role }, NO_CACHE);
    },
  }),
  route({
    method: "PUT",
    path: "/depot/origins/:origin/users/:user/role",
    summary: "Change the role of a member",
    access: { role: "administrator", unknownOrigin: 404 },
    verb: "manage",
    answers: { 204: "empty", 403: "empty", 404: "empty", 422: "text" },
    params: ofMember,
    query: z.object({ role: z.string() }),
    before(_params, query) {
      const wanted = query["role"];
      if (wanted !== undefined && parseRole(wanted) === undefined)
        throw new Refusal(422, `Invalid member role '${wanted}'`);
    },
    async handle(call) {
      const { origin, user } = call.params;
      const role = parseRole(call.query.role);
      if (role === undefined || role === "owner") return empty(403);
      const account = await accountOrRefuse(call.depot, user);
      if (account.id === callerOf(call).id) return empty(403);
      await call.depot.database.write(async (writing) => {
        const held = await memberRole(writing.db, origin, account.id);
        if (held === undefined) throw new Refusal(404);
        if (held === "owner") throw new Refusal(403);
        await setMemberRole(writing, origin, account.id, role);
        await recordAudit(writing, call.actor(), {
          operation: "member-role",
          subject: user,
          origin,
          details: { from: held, to: role },
        });
      });
      return empty(204);
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/transfer/:user",
    summary: "Make another member the owner",
    access: "session",
    answers: { 204: "empty", 403: "empty", 404: "empty", 422: "text" },
    params: ofMember,
    query: nothing,
    async handle(call) {
      const { origin, user } = call.params;
      const caller = callerOf(call);
      if ((await roleIn(call.depot.database.db, origin, caller)) !== "owner") return empty(403);
      if (caller.name === user) return text(422, "Cannot transfer origin ownership to self");
      const account = await accountOrRefuse(call.depot, user);
      await call.depot.database.write(async (writing) => {
        await requireOwner(writing, origin, caller.id);
        if ((await memberRole(writing.db, origin, account.id)) === undefined) throw new Refusal(403);
        await transferOwnership(writing, origin, caller.id, account.id);
        await recordAudit(writing, call.actor(), { operation: "origin-transfer", subject: user, origin });
      });
      return empty(204);
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/depart",
    summary: "Leave an origin",
    access: "session",
    answers: { 204: "empty", 403: "text", 422: "text" },
    params: ofOrigin,
    query: nothing,
    async handle(call) {
      const { origin } = call.params;
      const caller = callerOf(call);
      await call.depot.database.write(async (writing) => {
        const role = await memberRole(writing.db, origin, caller.id);
        if (role === "owner") throw new Refusal(403, "Departing the owner from the origin is not allowed");
        if (role === undefined) throw new Refusal(422, `Do not have access to the origin '${origin}'`);
        await removeMember(writing, origin, caller.id);
        await recordAudit(writing, call.actor(), {
          operation: "member-remove",
          subject: caller.name,
          origin,
          details: { departed: true },
        });
      });
      return empty(204);
    },
  }),
];
