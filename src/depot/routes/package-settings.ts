// Names of an origin's packages, and the settings their next releases follow (reference/depot-api.md §6, §13).
import { z } from "zod";
import { packageSettingsAnswer, pageOf } from "../answer-schemas.ts";
import { empty, json, jsonText, NO_CACHE, page, pageOffset, Refusal, text } from "../answers.ts";
import { PAGE_SIZE } from "../limits.ts";
import { originName, packageName, rangeQuery } from "../names.ts";
import { visibleIn } from "../roles.ts";
import { type Route, route } from "../route.ts";
import { packageSettingsShape } from "../shapes.ts";
import { recordAudit } from "../store/audit.ts";
import { findOrigin } from "../store/origins.ts";
import {
  deleteSettings,
  findSettings,
  listSettings,
  setSettingsVisibility,
} from "../store/package-settings.ts";
import { insertSettings } from "../store/packages.ts";
import { countReleases } from "../store/removal.ts";

const nothing = z.object({});
const ofPackage = z.object({ origin: originName, name: packageName });
const settingsPage = pageOf(packageSettingsAnswer);

export const packageNameRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/:origin/pkgs",
    summary: "Packages of an origin, one entry for each name",
    access: "anyone",
    answers: { 200: settingsPage, 206: settingsPage },
    params: z.object({ origin: originName }),
    query: z.object({ range: rangeQuery }),
    async handle({ depot, params, query, account }) {
      const { db } = depot.database;
      const visible = await visibleIn(db, params.origin, account);
      const offset = pageOffset(query.range);
      const { total, items } = await listSettings(db, params.origin, visible, { offset, limit: PAGE_SIZE });
      const { status, body } = page(offset, total, items.map(packageSettingsShape));
      return jsonText(status, body, NO_CACHE);
    },
  }),
];

export const packageSettingsRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/settings/:origin/:name",
    summary: "Announce a package before its first upload",
    access: { role: "maintainer" },
    verb: "manage",
    answers: { 201: packageSettingsAnswer, 409: "empty" },
    params: ofPackage,
    query: nothing,
    async handle(call) {
      const { origin, name } = call.params;
      const actor = call.actor();
      const created = await call.depot.database.write(async (writing) => {
        if ((await findSettings(writing.db, origin, name)) !== undefined) return undefined;
        const row = await findOrigin(writing.db, origin);
        if (row === undefined) throw new Refusal(403);
        await insertSettings(writing, actor.accountId, origin, name, row.default_package_visibility);
        await recordAudit(writing, actor, { operation: "settings-create", subject: name, origin });
        return await findSettings(writing.db, origin, name);
      });
      return created === undefined ? empty(409) : json(201, packageSettingsShape(created));
    },
  }),
  route({
    method: "GET",
    path: "/settings/:origin/:name",
    summary: "Settings of a package",
    access: { role: "readonly_member" },
    answers: { 200: packageSettingsAnswer, 404: "empty" },
    params: ofPackage,
    query: nothing,
    async handle({ depot, params }) {
      const row = await findSettings(depot.database.db, params.origin, params.name);
      return row === undefined ? empty(404) : json(200, packageSettingsShape(row));
    },
  }),
  route({
    method: "PUT",
    path: "/settings/:origin/:name",
    summary: "Change who may see later releases of a package",
    access: { role: "maintainer" },
    verb: "manage",
    body: z.object({ visibility: z.string().nullish() }),
    answers: { 200: packageSettingsAnswer, 400: "text", 404: "empty", 422: "text" },
    params: ofPackage,
    query: nothing,
    async handle(call) {
      const { origin, name } = call.params;
      const wanted = (await call.json()).visibility ?? "";
      if (wanted === "") return text(422, "Missing required package visibility");
      const visibility = z.enum(["public", "private", "hidden"]).safeParse(wanted);
      if (!visibility.success) return empty(400);
      const changed = await call.depot.database.write(async (writing) => {
        if ((await findSettings(writing.db, origin, name)) === undefined) return undefined;
        await setSettingsVisibility(writing, origin, name, visibility.data);
        await recordAudit(writing, call.actor(), {
          operation: "settings-change",
          subject: name,
          origin,
          details: { visibility: visibility.data },
        });
        return await findSettings(writing.db, origin, name);
      });
      return changed === undefined ? empty(404) : json(200, packageSettingsShape(changed));
    },
  }),
  route({
    method: "DELETE",
    path: "/settings/:origin/:name",
    summary: "Forget a package of which no release is left",
    access: { role: "maintainer" },
    verb: "manage",
    answers: { 204: "empty", 409: "text" },
    params: ofPackage,
    query: nothing,
    async handle(call) {
      const { origin, name } = call.params;
      return await call.depot.database.write(async (writing) => {
        const count = await countReleases(writing.db, origin, name);
        if (count > 0)
          return text(
            409,
            `There are ${count} packages remaining for setting ${origin}/${name}. Must be zero.`,
          );
        if (await deleteSettings(writing, origin, name))
          await recordAudit(writing, call.actor(), { operation: "settings-delete", subject: name, origin });
        return empty(204);
      });
    },
  }),
];
