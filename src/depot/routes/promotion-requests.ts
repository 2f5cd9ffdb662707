// Requests for promotions through gates: what waits, what became of it, and people's decisions.
import { z } from "zod";
import { pageOf } from "../answer-schemas.ts";
import { requestAnswer, requestedPackageAnswer } from "../answer-schemas-promotion.ts";
import { json, jsonText, NO_CACHE, page, Refusal } from "../answers.ts";
import { MAX_COMMENT_LENGTH, PAGE_SIZE } from "../limits.ts";
import { channelName, originName, rangeQuery, rowId } from "../names.ts";
import { approve, reject, withdraw } from "../promotion/decide.ts";
import { callerOf, type Route, route } from "../route.ts";
import { requestShape } from "../shapes-promotion.ts";
import { timestampOf } from "../store/database.ts";
import { findRequest, listRequests, requestItems } from "../store/promotion-requests.ts";

const ofOrigin = z.object({ origin: originName });
const ofRequest = z.object({ origin: originName, id: rowId });
const nothing = z.object({});

const decisionBody = z.strictObject({ comment: z.string().max(MAX_COMMENT_LENGTH).default("") });

const STEPS = { approve, reject, withdraw } as const;

const SUMMARIES = {
  approve: "Approve a request; the last approval that is needed makes it take effect",
  reject: "Reject a request, which ends it",
  withdraw: "Withdraw a request, as who asked or as an administrator",
} as const;

/** A decision route. Whoever the gate names may decide, whatever their role; the handler asks that. */
function decision(step: keyof typeof STEPS): Route {
  return route({
    method: "POST",
    path: `/depot/channels/:origin/requests/:id/${step}`,
    summary: SUMMARIES[step],
    access: { role: "readonly_member" },
    verb: "promote",
    answers: { 200: requestAnswer, 403: "text", 404: "empty", 409: "text" },
    params: ofRequest,
    query: nothing,
    body: decisionBody,
    async handle(call) {
      const { origin, id } = call.params;
      const { comment } = await call.json();
      const caller = callerOf(call);
      const word = { caller, actor: call.actor(), origin, id, comment };
      const shape = await call.depot.database.write(async (writing) => {
        await STEPS[step](writing, word);
        const row = await findRequest(writing.db, origin, id);
        if (row === undefined) throw new Refusal(404);
        return await requestShape(writing.db, row, caller, writing.at);
      });
      return json(200, shape);
    },
  });
}

export const promotionRequestRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/channels/:origin/requests",
    summary: "Requests for promotions, newest first",
    access: { role: "readonly_member" },
    answers: { 200: pageOf(requestAnswer), 206: pageOf(requestAnswer) },
    params: ofOrigin,
    query: z.object({
      range: rangeQuery,
      state: z.enum(["open", "approved", "rejected", "withdrawn", "expired", "failed"]).optional(),
      channel: channelName.optional(),
    }),
    async handle(call) {
      const { depot, params, query } = call;
      const { db } = depot.database;
      const now = timestampOf(depot.now());
      const start = Math.max(query.range, 0);
      const filter = { origin: params.origin, channel: query.channel, state: query.state, now };
      const { total, items } = await listRequests(db, filter, { offset: start, limit: PAGE_SIZE });
      const shapes = [];
      for (const row of items) shapes.push(await requestShape(db, row, callerOf(call), now));
      const { status, body } = page(start, total, shapes);
      return jsonText(status, body, NO_CACHE);
    },
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/requests/:id",
    summary: "One request",
    access: { role: "readonly_member" },
    answers: { 200: requestAnswer, 404: "empty" },
    params: ofRequest,
    query: nothing,
    async handle(call) {
      const { depot, params } = call;
      const { db } = depot.database;
      const row = await findRequest(db, params.origin, params.id);
      if (row === undefined) throw new Refusal(404);
      return json(200, await requestShape(db, row, callerOf(call), timestampOf(depot.now())), NO_CACHE);
    },
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/requests/:id/packages",
    summary: "All packages a request asks for",
    access: { role: "readonly_member" },
    answers: { 200: pageOf(requestedPackageAnswer), 206: pageOf(requestedPackageAnswer), 404: "empty" },
    params: ofRequest,
    query: z.object({ range: rangeQuery }),
    async handle({ depot, params, query }) {
      const { db } = depot.database;
      if ((await findRequest(db, params.origin, params.id)) === undefined) throw new Refusal(404);
      const start = Math.max(query.range, 0);
      const items = await requestItems(db, params.id);
      const { status, body } = page(
        start,
        items.length,
        items
          .slice(start, start + PAGE_SIZE)
          .map(({ ident, target, checksum }) => ({ ident, target, checksum })),
      );
      return jsonText(status, body, NO_CACHE);
    },
  }),
  decision("approve"),
  decision("reject"),
  decision("withdraw"),
];
