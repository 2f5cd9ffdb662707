// Reading channels: their names, what they hold, the latest in them (reference/depot-api.md §9).
import { z } from "zod";
import { empty, json, jsonText, NO_CACHE, page, pageOffset } from "../answers.ts";
import { PAGE_SIZE } from "../limits.ts";
import {
  channelName,
  flagQuery,
  originName,
  packageName,
  rangeQuery,
  targetQuery,
  versionText,
} from "../names.ts";
import { type Call, type Route, route } from "../route.ts";
import { identShape } from "../shapes.ts";
import { latestOfEachName } from "../store/channels.ts";
import { channelNames, findChannel } from "../store/origins.ts";
import { type IdentPrefix, latestPackage, listIdents } from "../store/packages.ts";
import { packageBody, targetOrRefuse, viewOf } from "./packages.ts";

const inChannel = { origin: originName, channel: channelName };
const ofName = { ...inChannel, name: packageName };
const ofVersion = { ...ofName, version: versionText };
const ofRelease = { ...ofVersion, release: versionText };
const target = z.object({ target: targetQuery });
const listQuery = z.object({ range: rangeQuery });

type InChannel = IdentPrefix & { readonly channel: string };

/** Channels that old build jobs made for themselves; listed only when asked for. */
const SANDBOX_PREFIX = "bldr-";

/** The newest package in a channel, or exactly one release of it: the question every client asks most. */
async function packageInChannel(
  call: Call<InChannel, { readonly target?: string | undefined }>,
): Promise<Response> {
  const { depot, params, account } = call;
  const target = targetOrRefuse(call);
  const view = await viewOf(depot, params.origin, account?.id);
  const key = `channel ${params.origin} ${params.channel} ${params.name}/${params.version ?? ""}/${params.release ?? ""} ${target} ${view.name}`;
  const { status, body } = await depot.cache.get(key, async () => {
    const { db } = depot.database;
    const channel = await findChannel(db, params.origin, params.channel);
    const row =
      channel === undefined
        ? undefined
        : await latestPackage(db, { ident: params, visible: view.visible, target, channelId: channel.id });
    return row === undefined
      ? { status: 404, body: "" }
      : { status: 200, body: await packageBody(depot, row, true) };
  });
  return status === 404 ? empty(404) : jsonText(status, body, NO_CACHE);
}

async function list(call: Call<InChannel, { readonly range: number }>): Promise<Response> {
  const { depot, params, query, account } = call;
  const { db } = depot.database;
  const view = await viewOf(depot, params.origin, account?.id);
  const channel = await findChannel(db, params.origin, params.channel);
  const offset = pageOffset(query.range);
  const { total, items } =
    channel === undefined
      ? { total: 0, items: [] }
      : await listIdents(db, { ident: params, visible: view.visible, channelId: channel.id }, "asc", {
          offset,
          limit: PAGE_SIZE,
        });
  // Compat: the range as it was asked for is reported, though whole pages are given.
  const { status, body } = page(query.range, total, items.map(identShape));
  return jsonText(status, body, NO_CACHE);
}

export const channelRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/channels/:origin",
    access: "anyone",
    params: z.object({ origin: originName }),
    query: z.object({ sandbox: flagQuery }),
    async handle({ depot, params, query }) {
      const names = await channelNames(depot.database.db, params.origin);
      return json(
        200,
        names.filter((name) => query.sandbox || !name.startsWith(SANDBOX_PREFIX)).map((name) => ({ name })),
        NO_CACHE,
      );
    },
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/_latest",
    access: "anyone",
    params: z.object(inChannel),
    query: z.object({ target: z.string().max(255) }),
    async handle({ depot, params, query, account }) {
      const { db } = depot.database;
      const { visible } = await viewOf(depot, params.origin, account?.id);
      const channel = await findChannel(db, params.origin, params.channel);
      const data = channel === undefined ? [] : await latestOfEachName(db, channel.id, query.target, visible);
      return json(
        200,
        { channel: params.channel, target: query.target, data: data.map(identShape) },
        NO_CACHE,
      );
    },
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs",
    access: "anyone",
    params: z.object(inChannel),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name",
    access: "anyone",
    params: z.object(ofName),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name/latest",
    access: "anyone",
    params: z.object(ofName),
    query: target,
    handle: packageInChannel,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name/:version",
    access: "anyone",
    params: z.object(ofVersion),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name/:version/latest",
    access: "anyone",
    params: z.object(ofVersion),
    query: target,
    handle: packageInChannel,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name/:version/:release",
    access: "anyone",
    params: z.object(ofRelease),
    query: target,
    handle: packageInChannel,
  }),
];
