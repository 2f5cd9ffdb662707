// Reading packages: one of them, the latest, lists, versions (reference/depot-api.md §6).
import { z } from "zod";
import {
  listItemAnswer,
  packageAnswer,
  packageChannelAnswer,
  pageOf,
  versionAnswer,
} from "../answer-schemas.ts";
import {
  empty,
  IMMUTABLE,
  json,
  jsonText,
  NO_CACHE,
  PRIVATE_FOR_A_WHILE,
  page,
  Refusal,
} from "../answers.ts";
import { keptResponse } from "../kept-answers.ts";
import { PAGE_SIZE } from "../limits.ts";
import {
  flagQuery,
  listedPart,
  originName,
  packageName,
  rangeQuery,
  targetQuery,
  versionText,
} from "../names.ts";
import { type Caller, EVERYTHING, visibleIn } from "../roles.ts";
import { type Call, type Depot, type Route, route } from "../route.ts";
import { identShape, packageShape, timeShape, versionShape } from "../shapes.ts";
import {
  channelsAndTargets,
  channelsOfPackage,
  type IdentPrefix,
  latestPackage,
  listIdents,
  listNames,
  listVersions,
  type PackageRow,
} from "../store/packages.ts";
import type { Visibility } from "../store/schema.ts";
import { requestedTarget } from "../target.ts";

const ofOrigin = { origin: originName };
const ofName = { ...ofOrigin, name: packageName };
const ofVersion = { ...ofName, version: versionText };
const ofRelease = { ...ofVersion, release: versionText };
const listedName = { ...ofOrigin, name: listedPart };
const listedVersion = { ...listedName, version: listedPart };
const target = z.object({ target: targetQuery });
const listQuery = z.object({ range: rangeQuery, distinct: flagQuery });

interface TargetQuery {
  readonly target?: string | undefined;
}

/** The target a read is for. Compat: a wrong one is answered 500 by the original; a request's mistake is 422 here. */
export function targetOrRefuse(call: { readonly query: TargetQuery; readonly request: Request }): string {
  const found = requestedTarget(call.query.target, call.request.headers.get("user-agent"));
  if (found === undefined) throw new Refusal(422, `Invalid package target '${call.query.target ?? ""}'`);
  return found;
}

/** What the caller sees in an origin, and a word for it that can be part of a cache key. */
export async function viewOf(
  depot: Depot,
  origin: string,
  caller: Caller | undefined,
): Promise<{ visible: readonly Visibility[]; name: string }> {
  const visible = await visibleIn(depot.database.db, origin, caller);
  return { visible, name: visible === EVERYTHING ? "all" : "public" };
}

/** One package as JSON text, with its channels. */
export async function packageBody(depot: Depot, row: PackageRow, withTexts: boolean): Promise<string> {
  const channels = await channelsOfPackage(depot.database.db, row.id);
  return JSON.stringify(
    packageShape(
      row,
      channels.map((channel) => channel.name),
      withTexts,
    ),
  );
}

async function latest(call: Call<IdentPrefix, TargetQuery>): Promise<Response> {
  const { depot, params, account } = call;
  const target = targetOrRefuse(call);
  const view = await viewOf(depot, params.origin, account);
  const key = `latest ${params.origin}/${params.name}/${params.version ?? ""} ${target} ${view.name}`;
  return await keptResponse(call, key, async () => {
    const row = await latestPackage(depot.database.db, { ident: params, visible: view.visible, target });
    return row === undefined
      ? { status: 404, body: "" }
      : { status: 200, body: await packageBody(depot, row, false) };
  });
}

async function list(
  call: Call<IdentPrefix, { readonly range: number; readonly distinct: boolean }>,
): Promise<Response> {
  const { depot, params, query, account } = call;
  const view = await viewOf(depot, params.origin, account);
  const ident = [params.origin, params.name, params.version].join("/");
  const key = `list ${ident} ${query.range} ${query.distinct} ${view.name}`;
  return await keptResponse(call, key, async () => {
    const { db } = depot.database;
    const filter = { ident: params, visible: view.visible };
    const start = Math.max(query.range, 0);
    // Compat: a negative range means every row.
    const window = { offset: start, limit: query.range < 0 ? undefined : PAGE_SIZE };
    if (query.distinct) {
      const { total, items } = await listNames(db, filter, window);
      return page(
        start,
        total,
        items.map((item) => ({ ...identShape(item), channels: [], platforms: [] })),
      );
    }
    const { total, items } = await listIdents(db, filter, "desc", window);
    const more = await channelsAndTargets(
      db,
      items.map((item) => item.ident),
    );
    return page(
      start,
      total,
      items.map((item) => ({
        ...identShape(item),
        channels: more.get(item.ident)?.channels ?? [],
        platforms: more.get(item.ident)?.platforms ?? [],
      })),
    );
  });
}

const listAnswers = { 200: pageOf(listItemAnswer), 206: pageOf(listItemAnswer) } as const;
const packageAnswers = { 200: packageAnswer, 404: "empty", 422: "text" } as const;

export const packageRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/pkgs/:origin",
    summary: "Releases of an origin",
    access: "anyone",
    answers: listAnswers,
    params: z.object(ofOrigin),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name",
    summary: "Releases of a package",
    access: "anyone",
    answers: listAnswers,
    params: z.object(listedName),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/latest",
    summary: "The newest release of a package",
    access: "anyone",
    answers: packageAnswers,
    params: z.object(ofName),
    query: target,
    handle: latest,
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/versions",
    summary: "Versions of a package, newest first",
    access: "anyone",
    answers: { 200: z.array(versionAnswer) },
    params: z.object(ofName),
    query: z.object({}),
    async handle({ depot, params, account }) {
      const { visible } = await viewOf(depot, params.origin, account);
      const versions = await listVersions(depot.database.db, params, visible);
      return json(
        200,
        versions.map((row) => versionShape(row, row.platforms)),
        NO_CACHE,
      );
    },
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/:version",
    summary: "Releases of a version",
    access: "anyone",
    answers: listAnswers,
    params: z.object(listedVersion),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/:version/latest",
    summary: "The newest release of a version",
    access: "anyone",
    answers: packageAnswers,
    params: z.object(ofVersion),
    query: target,
    handle: latest,
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/:version/:release",
    summary: "One release",
    access: "anyone",
    answers: packageAnswers,
    params: z.object(ofRelease),
    query: target,
    async handle(call) {
      const { depot, params, account } = call;
      const target = targetOrRefuse(call);
      const { visible } = await viewOf(depot, params.origin, account);
      const { db } = depot.database;
      // Compat: the target does not narrow here; it only says which is meant when there are several.
      const row =
        (await latestPackage(db, { ident: params, visible, target })) ??
        (await latestPackage(db, { ident: params, visible }));
      if (row === undefined) return empty(404);
      const cacheControl = row.visibility === "public" ? IMMUTABLE : PRIVATE_FOR_A_WHILE;
      return jsonText(200, await packageBody(depot, row, false), cacheControl);
    },
  }),
  route({
    method: "GET",
    path: "/depot/pkgs/:origin/:name/:version/:release/channels",
    summary: "Channels a release is in",
    access: "anyone",
    answers: { 200: z.array(packageChannelAnswer), 422: "text" },
    params: z.object(ofRelease),
    query: target,
    async handle(call) {
      const { depot, params, account } = call;
      const target = targetOrRefuse(call);
      const { visible } = await viewOf(depot, params.origin, account);
      const row = await latestPackage(depot.database.db, { ident: params, visible, target });
      const channels = row === undefined ? [] : await channelsOfPackage(depot.database.db, row.id);
      return json(
        200,
        channels.map((channel) => ({
          name: channel.name,
          created_at: timeShape(channel.created_at),
          promoted_at: timeShape(channel.updated_at),
        })),
        NO_CACHE,
      );
    },
  }),
];
