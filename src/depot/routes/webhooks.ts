// Webhooks of an origin: where to, what of, and what became of the deliveries. For administrators: addresses often hold
// what opens the other side.
import { z } from "zod";
import { Secret } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { pageOf } from "../answer-schemas.ts";
import { deliveryAnswer, newWebhookAnswer, webhookAnswer } from "../answer-schemas-promotion.ts";
import { empty, json, jsonText, NO_CACHE, page, Refusal } from "../answers.ts";
import {
  MAX_WEBHOOK_SECRET_LENGTH,
  MAX_WEBHOOK_URL_LENGTH,
  MAX_WEBHOOKS_PER_ORIGIN,
  MIN_WEBHOOK_SECRET_LENGTH,
  PAGE_SIZE,
} from "../limits.ts";
import { originName, rangeQuery, rowId } from "../names.ts";
import { type Access, type Depot, type Route, route } from "../route.ts";
import { deliveryShape, webhookShape } from "../shapes-promotion.ts";
import { recordAudit } from "../store/audit.ts";
import type { Queries } from "../store/database.ts";
import { insertDelivery } from "../store/events.ts";
import { EVENT_KINDS } from "../store/schema-promotion.ts";
import {
  deleteWebhook,
  findDelivery,
  findWebhook,
  insertWebhook,
  listDeliveries,
  updateWebhook,
  type Webhook,
  webhooksOf,
} from "../store/webhooks.ts";
import { newWebhookSecret } from "../webhooks/signature.ts";
import { webhookUrl } from "../webhooks/targets.ts";

const ofOrigin = z.object({ origin: originName });
const ofHook = z.object({ origin: originName, id: rowId });
const nothing = z.object({});
const ADMINISTRATOR: Access = { role: "administrator" };

const address = z.string().max(MAX_WEBHOOK_URL_LENGTH);
const events = z.array(z.enum(EVENT_KINDS)).min(1).max(EVENT_KINDS.length);
const secretText = z
  .string()
  .min(MIN_WEBHOOK_SECRET_LENGTH)
  .max(MAX_WEBHOOK_SECRET_LENGTH)
  .regex(/^[!-~]+$/);

const newHook = z.strictObject({
  url: address,
  events: events.default([...EVENT_KINDS]),
  secret: secretText.optional().describe("Signs the deliveries; made where none is given"),
  active: z.boolean().default(true),
});

const hookChange = z.strictObject({
  url: address.optional(),
  events: events.optional(),
  secret: secretText.optional(),
  active: z.boolean().optional(),
});

/** The address in its usual form. Refuses with 422 what webhooks may not go to. */
function checkedUrl(depot: Depot, text: string): string {
  try {
    return webhookUrl(text, depot.webhookTargets).href;
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    throw new Refusal(422, `The address of the webhook cannot be used: ${describeError(error)}`);
  }
}

async function hookOrRefuse(db: Queries, origin: string, id: string): Promise<Webhook> {
  const hook = await findWebhook(db, origin, id);
  if (hook === undefined) throw new Refusal(404);
  return hook;
}

export const webhookRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/origins/:origin/webhooks",
    summary: "Webhooks of an origin",
    access: ADMINISTRATOR,
    verb: "manage",
    answers: { 200: pageOf(webhookAnswer), 206: pageOf(webhookAnswer) },
    params: ofOrigin,
    query: z.object({ range: rangeQuery }),
    async handle({ depot, params, query }) {
      const all = await webhooksOf(depot.database.db, params.origin);
      const start = Math.max(query.range, 0);
      const shown = all.slice(start, start + PAGE_SIZE).map(webhookShape);
      const { status, body } = page(start, all.length, shown);
      return jsonText(status, body, NO_CACHE);
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/webhooks",
    summary: "Create a webhook; its secret is in the answer, and nowhere else",
    access: ADMINISTRATOR,
    verb: "manage",
    answers: { 201: newWebhookAnswer, 409: "text", 422: "text" },
    params: ofOrigin,
    query: nothing,
    body: newHook,
    async handle(call) {
      const { depot, params } = call;
      const body = await call.json();
      const url = checkedUrl(depot, body.url);
      const secret = body.secret === undefined ? newWebhookSecret() : new Secret(body.secret);
      const sealed = await depot.secrets.seal(secret);
      const actor = call.actor();
      const hook = await depot.database.write(async (writing) => {
        if ((await webhooksOf(writing.db, params.origin)).length >= MAX_WEBHOOKS_PER_ORIGIN)
          throw new Refusal(409, `${params.origin} has ${MAX_WEBHOOKS_PER_ORIGIN} webhooks already`);
        const row = await insertWebhook(writing, {
          origin: params.origin,
          url,
          events: EVENT_KINDS.filter((kind) => body.events.includes(kind)),
          secret: sealed,
          active: body.active,
          createdBy: actor.accountName,
        });
        await recordAudit(writing, actor, {
          operation: "webhook-create",
          subject: row.id,
          origin: params.origin,
          details: { host: new URL(url).host, events: body.events },
        });
        return row;
      });
      return json(201, { ...webhookShape(hook), secret: secret.reveal() });
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/webhooks/:id",
    summary: "One webhook",
    access: ADMINISTRATOR,
    verb: "manage",
    answers: { 200: webhookAnswer, 404: "empty" },
    params: ofHook,
    query: nothing,
    async handle({ depot, params }) {
      return json(
        200,
        webhookShape(await hookOrRefuse(depot.database.db, params.origin, params.id)),
        NO_CACHE,
      );
    },
  }),
  route({
    method: "PATCH",
    path: "/depot/origins/:origin/webhooks/:id",
    summary: "Change a webhook's address, events or secret, or switch it off",
    access: ADMINISTRATOR,
    verb: "manage",
    answers: { 200: webhookAnswer, 404: "empty", 422: "text" },
    params: ofHook,
    query: nothing,
    body: hookChange,
    async handle(call) {
      const { depot, params } = call;
      const body = await call.json();
      const url = body.url === undefined ? undefined : checkedUrl(depot, body.url);
      const sealed =
        body.secret === undefined ? undefined : await depot.secrets.seal(new Secret(body.secret));
      const kinds = body.events;
      const hook = await depot.database.write(async (writing) => {
        await hookOrRefuse(writing.db, params.origin, params.id);
        await updateWebhook(writing, params.id, {
          ...(url !== undefined && { url }),
          ...(sealed !== undefined && { secret: sealed }),
          ...(kinds !== undefined && {
            events: JSON.stringify(EVENT_KINDS.filter((kind) => kinds.includes(kind))),
          }),
          ...(body.active !== undefined && { active: body.active ? 1 : 0 }),
        });
        await recordAudit(writing, call.actor(), {
          operation: "webhook-change",
          subject: params.id,
          origin: params.origin,
          details: {
            ...(url !== undefined && { host: new URL(url).host }),
            ...(sealed !== undefined && { secret: "changed" }),
            ...(kinds !== undefined && { events: kinds }),
            ...(body.active !== undefined && { active: body.active }),
          },
        });
        return await hookOrRefuse(writing.db, params.origin, params.id);
      });
      return json(200, webhookShape(hook));
    },
  }),
  route({
    method: "DELETE",
    path: "/depot/origins/:origin/webhooks/:id",
    summary: "Delete a webhook, with what was not sent yet",
    access: ADMINISTRATOR,
    verb: "manage",
    answers: { 204: "empty", 404: "empty" },
    params: ofHook,
    query: nothing,
    async handle(call) {
      const { params } = call;
      await call.depot.database.write(async (writing) => {
        await hookOrRefuse(writing.db, params.origin, params.id);
        await deleteWebhook(writing, params.id);
        await recordAudit(writing, call.actor(), {
          operation: "webhook-delete",
          subject: params.id,
          origin: params.origin,
        });
      });
      return empty(204);
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/webhooks/:id/ping",
    summary: "Send a delivery that tells of nothing, to try a webhook out",
    access: ADMINISTRATOR,
    verb: "manage",
    answers: { 202: z.object({ id: rowId }), 404: "empty" },
    params: ofHook,
    query: nothing,
    async handle(call) {
      const { params } = call;
      const actor = call.actor();
      const id = await call.depot.database.write(async (writing) => {
        await hookOrRefuse(writing.db, params.origin, params.id);
        const payload = {
          event: "ping",
          origin: params.origin,
          at: `${writing.at}Z`,
          account: actor.accountName,
        };
        return await insertDelivery(writing, params.id, "ping", JSON.stringify(payload));
      });
      return json(202, { id });
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin/webhooks/:id/deliveries",
    summary: "What was sent to a webhook, or waits, newest first",
    access: ADMINISTRATOR,
    verb: "manage",
    answers: { 200: pageOf(deliveryAnswer), 206: pageOf(deliveryAnswer), 404: "empty" },
    params: ofHook,
    query: z.object({ range: rangeQuery }),
    async handle({ depot, params, query }) {
      const { db } = depot.database;
      await hookOrRefuse(db, params.origin, params.id);
      const start = Math.max(query.range, 0);
      const { total, items } = await listDeliveries(db, params.id, { offset: start, limit: PAGE_SIZE });
      const { status, body } = page(start, total, items.map(deliveryShape));
      return jsonText(status, body, NO_CACHE);
    },
  }),
  route({
    method: "POST",
    path: "/depot/origins/:origin/webhooks/:id/deliveries/:delivery/redeliver",
    summary: "Send a delivery once more, as a new one",
    access: ADMINISTRATOR,
    verb: "manage",
    answers: { 202: z.object({ id: rowId }), 404: "empty" },
    params: z.object({ origin: originName, id: rowId, delivery: rowId }),
    query: nothing,
    async handle(call) {
      const { params } = call;
      const id = await call.depot.database.write(async (writing) => {
        await hookOrRefuse(writing.db, params.origin, params.id);
        const known = await findDelivery(writing.db, params.id, params.delivery);
        if (known === undefined) throw new Refusal(404);
        await recordAudit(writing, call.actor(), {
          operation: "webhook-deliver",
          subject: known.id,
          origin: params.origin,
        });
        return await insertDelivery(writing, params.id, known.event, known.payload);
      });
      return json(202, { id });
    },
  }),
];
