// Reading channels: their names, what they hold, the latest in them (reference/depot-api.md §9).
import { z } from "zod";
import {
  channelNameAnswer,
  identAnswer,
  latestInChannelAnswer,
  packageInChannelAnswer,
  pageOf,
} from "../answer-schemas.ts";
import { json, jsonText, NO_CACHE, page, pageOffset } from "../answers.ts";
import { keptResponse } from "../kept-answers.ts";
import { MAX_NAME_LENGTH, PAGE_SIZE } from "../limits.ts";
import {
  channelName,
  flagQuery,
  listedPart,
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
const listedName = { ...inChannel, name: listedPart };
const listedVersion = { ...listedName, version: listedPart };
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
  const view = await viewOf(depot, params.origin, account);
  const key = `channel ${params.origin} ${params.channel} ${params.name}/${params.version ?? ""}/${params.release ?? ""} ${target} ${view.name}`;
  return await keptResponse(call, key, async () => {
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
}

async function list(call: Call<InChannel, { readonly range: number }>): Promise<Response> {
  const { depot, params, query, account } = call;
  const { db } = depot.database;
  const view = await viewOf(depot, params.origin, account);
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

const listAnswers = { 200: pageOf(identAnswer), 206: pageOf(identAnswer) } as const;
const packageAnswers = { 200: packageInChannelAnswer, 404: "empty", 422: "text" } as const;

export const channelRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/channels/:origin",
    summary: "Names of an origin's channels",
    access: "anyone",
    answers: { 200: z.array(channelNameAnswer) },
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
    summary: "The newest release of each package in a channel",
    access: "anyone",
    answers: { 200: latestInChannelAnswer },
    params: z.object(inChannel),
    query: z.object({ target: z.string().max(MAX_NAME_LENGTH) }),
    // Compat: without the text that other routes give.
    badQuery: "",
    async handle({ depot, params, query, account }) {
      const { db } = depot.database;
      const { visible } = await viewOf(depot, params.origin, account);
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
    summary: "Releases in a channel",
    access: "anyone",
    answers: listAnswers,
    params: z.object(inChannel),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name",
    summary: "Releases of a package in a channel",
    access: "anyone",
    answers: listAnswers,
    params: z.object(listedName),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name/latest",
    summary: "The newest release of a package in a channel",
    access: "anyone",
    answers: packageAnswers,
    params: z.object(ofName),
    query: target,
    handle: packageInChannel,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name/:version",
    summary: "Releases of a version in a channel",
    access: "anyone",
    answers: listAnswers,
    params: z.object(listedVersion),
    query: listQuery,
    handle: list,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name/:version/latest",
    summary: "The newest release of a version in a channel",
    access: "anyone",
    answers: packageAnswers,
    params: z.object(ofVersion),
    query: target,
    handle: packageInChannel,
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/pkgs/:name/:version/:release",
    summary: "One release, if it is in the channel",
    access: "anyone",
    answers: packageAnswers,
    params: z.object(ofRelease),
    query: target,
    handle: packageInChannel,
  }),
];
