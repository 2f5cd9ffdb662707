// Origins (reference/depot-api.md §11).
import { z } from "zod";
import { newOriginAnswer, originAnswer } from "../answer-schemas.ts";
import { empty, json, text } from "../answers.ts";
import { keptResponse } from "../kept-answers.ts";
import { originName } from "../names.ts";
import { callerOf, type Route, route } from "../route.ts";
import { newOriginShape, originShape } from "../shapes.ts";
import { recordAudit } from "../store/audit.ts";
import { latestKey } from "../store/origin-keys.ts";
import { accountNameOf, findOrigin, insertOrigin, setDefaultVisibility } from "../store/origins.ts";
import { deleteOrigin, originRemainder } from "../store/removal.ts";

const nothing = z.object({});
const origin = z.object({ origin: originName });

/** What may be set as an origin's default. */
const defaultVisibility = z.enum(["public", "private"]).nullish();

export const originRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/depot/origins",
    summary: "Create an origin",
    access: "session",
    answers: { 201: newOriginAnswer, 403: "empty", 409: "empty", 417: "empty" },
    body: z.object({ name: z.string(), default_package_visibility: defaultVisibility }),
    params: nothing,
    query: nothing,
    async handle(call) {
      if (callerOf(call).may_create_origins === 0) return empty(403);
      const body = await call.json();
      // Compat: this status for a bad name.
      if (!originName.safeParse(body.name).success) return empty(417);
      const actor = call.actor();
      const created = await call.depot.database.write(async (writing) => {
        if ((await findOrigin(writing.db, body.name)) !== undefined) return undefined;
        const visibility = body.default_package_visibility ?? "public";
        const row = await insertOrigin(writing, actor, actor.accountId, body.name, visibility);
        await recordAudit(writing, actor, {
          operation: "origin-create",
          subject: row.name,
          origin: row.name,
        });
        return row;
      });
      return created === undefined ? empty(409) : json(201, newOriginShape(created));
    },
  }),
  route({
    method: "GET",
    path: "/depot/origins/:origin",
    summary: "One origin",
    access: "anyone",
    answers: { 200: originAnswer, 404: "empty" },
    params: origin,
    query: nothing,
    async handle(call) {
      const { depot, params } = call;
      const { db } = depot.database;
      return await keptResponse(call, `origin ${params.origin}`, async () => {
        const row = await findOrigin(db, params.origin);
        if (row === undefined) return { status: 404, body: "" };
        const owner = await accountNameOf(db, row.owner_id);
        const key = await latestKey(db, row.name, "signing-secret");
        const keyName = key === undefined ? undefined : `${row.name}-${key.revision}`;
        return { status: 200, body: JSON.stringify(originShape(row, owner ?? "", keyName)) };
      });
    },
  }),
  route({
    method: "PUT",
    path: "/depot/origins/:origin",
    summary: "Change what an origin's new packages are visible to",
    access: { role: "administrator" },
    verb: "manage",
    answers: { 204: "empty" },
    body: z.object({ default_package_visibility: defaultVisibility }),
    params: origin,
    query: nothing,
    async handle(call) {
      const body = await call.json();
      // Compat: leaving it out sets it to public.
      const visibility = body.default_package_visibility ?? "public";
      await call.depot.database.write(async (writing) => {
        await setDefaultVisibility(writing, call.params.origin, visibility);
        await recordAudit(writing, call.actor(), {
          operation: "origin-change",
          subject: call.params.origin,
          origin: call.params.origin,
          details: { default_package_visibility: visibility },
        });
      });
      return empty(204);
    },
  }),
  route({
    method: "DELETE",
    path: "/depot/origins/:origin",
    summary: "Delete an origin in which nothing is left",
    access: { role: "owner" },
    verb: "manage",
    answers: { 204: "empty", 409: "text" },
    params: origin,
    query: nothing,
    async handle(call) {
      const { origin } = call.params;
      return await call.depot.database.write(async (writing) => {
        const remainder = await originRemainder(writing.db, origin);
        if (remainder !== undefined) return text(409, remainder);
        await deleteOrigin(writing, origin);
        await recordAudit(writing, call.actor(), { operation: "origin-delete", subject: origin, origin });
        return empty(204);
      });
    },
  }),
];
