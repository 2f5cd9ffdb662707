// Invitations to join an origin (reference/depot-api.md §11). The original lets any account accept, ignore or rescind any
// of them. Here only whom it concerns may: who is invited, and, but for ignoring, who may invite.
import { z } from "zod";
import { invitationAnswer, originInvitationsAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, Refusal } from "../answers.ts";
import { accountName, originName, rowId } from "../names.ts";
import { type Caller, memberRole, roleIn, roleReaches } from "../roles.ts";
import { type Call, callerOf, type Route, route } from "../route.ts";
import { invitationShape } from "../shapes.ts";
import { accountNamed } from "../store/accounts.ts";
import { type AuditEntry, recordAudit } from "../store/audit.ts";
import type { Writing } from "../store/database.ts";
import {
  deleteInvitation,
  findInvitation,
  type Invitation,
  ignoreInvitation,
  insertInvitation,
  invitationsOf,
  invitationsTo,
  isInvited,
} from "../store/invitations.ts";
import { addMember } from "../store/members.ts";

const nothing = z.object({});
const ofOrigin = z.object({ origin: originName });
const ofInvitation = z.object({ origin: originName, id: rowId });
const badId = { status: 422, text: "Invalid invitation id" };
const changed = { 204: "empty", 403: "empty" } as const;

async function mayInvite(writing: Writing, origin: string, caller: Caller): Promise<boolean> {
  return roleReaches(await roleIn(writing.db, origin, caller), "maintainer");
}

/** Changes the invitation of the path if it is there and the caller may. Compat: one that is not there is no failure. */
async function change(
  call: Call<z.infer<typeof ofInvitation>, unknown>,
  byWhom: "invited" | "invited or inviting",
  apply: (writing: Writing, invitation: Invitation) => Promise<AuditEntry["operation"]>,
): Promise<Response> {
  const { origin, id } = call.params;
  const caller = callerOf(call);
  await call.depot.database.write(async (writing) => {
    const invitation = await findInvitation(writing.db, origin, id);
    if (invitation === undefined) return;
    const allowed =
      invitation.account_id === caller.id ||
      (byWhom === "invited or inviting" && (await mayInvite(writing, origin, caller)));
    if (!allowed) throw new Refusal(403);
    const operation = await apply(writing, invitation);
    await recordAudit(writing, call.actor(), { operation, subject: invitation.account_name, origin });
  });
  return empty(204);
}

export const invitationRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/origins/:origin/invitations",
    summary: "Invitations to an origin that nobody has accepted yet",
    access: { role: "readonly_member" },
    answers: { 200: originInvitationsAnswer },
    params: ofOrigin,
    query: nothing,
    async handle({ depot, params: { origin } }) {
      const invitations = await invitationsOf(depot.database.db, origin);
      return json(200, { origin, invitations: invitations.map(invitationShape) }, NO_CACHE);
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/users/:user/invitations",
    summary: "Invite an account",
    access: { role: "maintainer" },
    verb: "manage",
    answers: { 201: invitationAnswer, 404: "empty", 409: "empty" },
    params: z.object({ origin: originName, user: accountName }),
    query: nothing,
    async handle(call) {
      const { origin, user } = call.params;
      const actor = call.actor();
      const row = await call.depot.database.write(async (writing) => {
        const account = await accountNamed(writing.db, user);
        if (account === undefined) throw new Refusal(404);
        const isMember = (await memberRole(writing.db, origin, account.id)) !== undefined;
        if (isMember || (await isInvited(writing.db, origin, account.id))) throw new Refusal(409);
        const invitation = await insertInvitation(writing, actor.accountId, origin, account);
        await recordAudit(writing, actor, { operation: "invitation-send", subject: user, origin });
        return invitation;
      });
      return json(201, invitationShape(row));
    },
  }),
  route({
    method: "PUT",
    path: "/depot/origins/:origin/invitations/:id",
    summary: "Accept an invitation: the invited account becomes a read-only member",
    access: "session",
    answers: changed,
    params: ofInvitation,
    badParams: badId,
    query: nothing,
    // Compat: who may invite may also accept in the place of who is invited (§20.2).
    handle: (call) =>
      change(call, "invited or inviting", async (writing, invitation) => {
        await addMember(writing, invitation.origin, invitation.account_id, "readonly_member");
        await deleteInvitation(writing, invitation.id);
        return "member-add";
      }),
  }),
  route({
    method: "PUT",
    path: "/depot/origins/:origin/invitations/:id/ignore",
    summary: "Ignore an invitation",
    access: "session",
    answers: changed,
    params: ofInvitation,
    badParams: badId,
    query: nothing,
    handle: (call) =>
      change(call, "invited", async (writing, invitation) => {
        await ignoreInvitation(writing, invitation.id);
        return "invitation-ignore";
      }),
  }),
  route({
    method: "DELETE",
    path: "/depot/origins/:origin/invitations/:id",
    summary: "Take an invitation back",
    access: "session",
    answers: changed,
    params: ofInvitation,
    badParams: badId,
    query: nothing,
    handle: (call) =>
      change(call, "invited or inviting", async (writing, invitation) => {
        await deleteInvitation(writing, invitation.id);
        return "invitation-rescind";
      }),
  }),
  route({
    method: "GET",
    path: "/user/invitations",
    summary: "Invitations to the caller",
    access: "session",
    answers: { 200: z.array(invitationAnswer) },
    params: nothing,
    query: nothing,
    async handle(call) {
      const invitations = await invitationsTo(call.depot.database.db, callerOf(call).id);
      return json(200, invitations.map(invitationShape), NO_CACHE);
    },
  }),
];
