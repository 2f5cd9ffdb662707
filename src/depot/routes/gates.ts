// Gates of channels: who must approve before a promotion takes effect.
import { z } from "zod";
import { gateAnswer } from "../answer-schemas-promotion.ts";
import { empty, json, NO_CACHE, Refusal } from "../answers.ts";
import { MAX_APPROVALS, MAX_APPROVERS, MAX_REQUEST_HOURS } from "../limits.ts";
import { accountName, channelName, originName } from "../names.ts";
import { withdrawAll } from "../promotion/decide.ts";
import { refuseImpassable } from "../promotion/gate.ts";
import { ROLES } from "../roles.ts";
import { type Route, route } from "../route.ts";
import { gateShape } from "../shapes-promotion.ts";
import { recordAudit } from "../store/audit.ts";
import { deleteGate, findGate, type Gate, putGate } from "../store/gates.ts";
import { findChannel } from "../store/origins.ts";

const inChannel = z.object({ origin: originName, channel: channelName });
const nothing = z.object({});

/** A week: long enough for a holiday, short enough that nobody approves what they have forgotten. */
const DEFAULT_HOURS = 7 * 24;

const gateBody = z.strictObject({
  approvals: z.number().int().min(1).max(MAX_APPROVALS),
  approvers: z.strictObject({
    accounts: z.array(accountName).max(MAX_APPROVERS).default([]),
    roles: z.array(z.enum(ROLES)).max(ROLES.length).default([]).describe("A higher role counts as well"),
  }),
  own: z.boolean().default(false).describe("Whether who asks may also approve"),
  expires_after_hours: z.number().int().min(1).max(MAX_REQUEST_HOURS).default(DEFAULT_HOURS),
});

export const gateRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/gate",
    summary: "What a channel demands before a promotion takes effect; 404 where it demands nothing",
    access: { role: "readonly_member" },
    answers: { 200: gateAnswer, 404: "empty" },
    params: inChannel,
    query: nothing,
    async handle({ depot, params }) {
      const gate = await findGate(depot.database.db, params);
      return gate === undefined ? empty(404) : json(200, gateShape(gate), NO_CACHE);
    },
  }),
  route({
    method: "PUT",
    path: "/depot/channels/:origin/:channel/gate",
    summary: "Let promotions to a channel take effect only with approvals",
    access: { role: "administrator" },
    verb: "manage",
    answers: { 200: gateAnswer, 404: "empty", 422: "text" },
    params: inChannel,
    query: nothing,
    body: gateBody,
    async handle(call) {
      const { params } = call;
      const body = await call.json();
      if (params.channel === "unstable") throw new Refusal(422, "unstable takes every upload");
      const { accounts, roles } = body.approvers;
      if (accounts.length + roles.length === 0)
        throw new Refusal(422, "Say who may approve: accounts, roles");
      const settings = {
        approvals: body.approvals,
        accounts: [...new Set(accounts)].sort(),
        roles: ROLES.filter((role) => roles.includes(role)),
        own: body.own,
        expiresAfterHours: body.expires_after_hours,
      };
      const actor = call.actor();
      const gate = await call.depot.database.write(async (writing) => {
        const { db } = writing;
        if ((await findChannel(db, params.origin, params.channel)) === undefined) throw new Refusal(404);
        await refuseImpassable(db, params.origin, settings);
        await putGate(writing, actor, params, settings);
        await recordAudit(writing, actor, {
          operation: "gate-set",
          subject: params.channel,
          origin: params.origin,
          channel: params.channel,
          details: settings,
        });
        return await findGate(db, params);
      });
      return json(200, gateShape(gate as Gate));
    },
  }),
  route({
    method: "DELETE",
    path: "/depot/channels/:origin/:channel/gate",
    summary: "Let promotions to a channel take effect at once again; open requests for it are withdrawn",
    access: { role: "administrator" },
    verb: "manage",
    answers: { 204: "empty", 404: "empty" },
    params: inChannel,
    query: nothing,
    async handle(call) {
      const { params } = call;
      const actor = call.actor();
      await call.depot.database.write(async (writing) => {
        if (!(await deleteGate(writing, params))) throw new Refusal(404);
        await withdrawAll(writing, actor, params);
        await recordAudit(writing, actor, {
          operation: "gate-remove",
          subject: params.channel,
          origin: params.origin,
          channel: params.channel,
        });
      });
      return empty(204);
    },
  }),
];
