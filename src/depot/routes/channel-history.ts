// What became of a channel, for members of its origin; and what two channels, or two states of one, do not have in common,
// for whoever may see the packages.
import { z } from "zod";
import { pageOf } from "../answer-schemas.ts";
import { changeAnswer, changeItemAnswer, compareAnswer } from "../answer-schemas-promotion.ts";
import { jsonText, NO_CACHE, page, Refusal } from "../answers.ts";
import { keptResponse } from "../kept-answers.ts";
import { PAGE_SIZE } from "../limits.ts";
import { channelName, originName, rangeQuery, stateQuery } from "../names.ts";
import { compareStates } from "../promotion/compare.ts";
import { EVERYTHING } from "../roles.ts";
import { type Depot, type Route, route } from "../route.ts";
import { changeShape, MAX_SHOWN_IDENTS } from "../shapes-promotion.ts";
import {
  type ChannelName,
  findChange,
  firstIdents,
  itemsOfChange,
  listChanges,
  type PackageRef,
  presentState,
  stateAt,
  stateNumber,
} from "../store/channel-changes.ts";
import { findChannel } from "../store/origins.ts";
import { visiblePackages } from "../store/packages.ts";
import type { RowId, Visibility } from "../store/schema.ts";
import { viewOf } from "./packages.ts";

const inChannel = { origin: originName, channel: channelName };

/** Entries of one list of a comparison. */
const MAX_COMPARED = 5000;

export const channelHistoryRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/history",
    summary: "Every change of a channel, newest first: who, when, what, from where",
    access: { role: "readonly_member" },
    answers: { 200: pageOf(changeAnswer), 206: pageOf(changeAnswer) },
    params: z.object(inChannel),
    query: z.object({ range: rangeQuery }),
    async handle({ depot, params, query }) {
      const { db } = depot.database;
      const start = Math.max(query.range, 0);
      const { total, items } = await listChanges(db, params, { offset: start, limit: PAGE_SIZE });
      const idents = await firstIdents(
        db,
        items.map(({ id }) => id),
        MAX_SHOWN_IDENTS,
      );
      const { status, body } = page(
        start,
        total,
        items.map((row) => changeShape(row, idents.get(row.id) ?? [])),
      );
      return jsonText(status, body, NO_CACHE);
    },
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/history/:state",
    summary: "What came and went with one change of a channel",
    access: { role: "readonly_member" },
    answers: { 200: pageOf(changeItemAnswer), 206: pageOf(changeItemAnswer), 404: "empty" },
    params: z.object({ ...inChannel, state: stateQuery }),
    query: z.object({ range: rangeQuery }),
    async handle({ depot, params, query }) {
      const { db } = depot.database;
      const change = await findChange(db, params, params.state);
      if (change === undefined) throw new Refusal(404);
      const start = Math.max(query.range, 0);
      const { total, items } = await itemsOfChange(db, change.id, { offset: start, limit: PAGE_SIZE });
      const { status, body } = page(
        start,
        total,
        items.map(({ ident, target, added }) => ({
          ident,
          target,
          change: added === 1 ? "added" : "removed",
        })),
      );
      return jsonText(status, body, NO_CACHE);
    },
  }),
  route({
    method: "GET",
    path: "/depot/channels/:origin/:channel/compare",
    summary: "What a channel, or an earlier state of it, and another do not have in common",
    access: "anyone",
    answers: { 200: compareAnswer, 404: "text" },
    params: z.object(inChannel),
    query: z.object({
      with: channelName.optional(),
      at: stateQuery.optional(),
      with_at: stateQuery.optional(),
    }),
    async handle(call) {
      const { depot, params, query, account } = call;
      const view = await viewOf(depot, params.origin, account);
      const other = { origin: params.origin, channel: query.with ?? params.channel };
      const key = `compare ${params.origin} ${params.channel} ${query.at ?? ""} ${other.channel} ${query.with_at ?? ""} ${view.name}`;
      return await keptResponse(call, key, async () => {
        const here = await stateOfChannel(depot, params, query.at, view.visible);
        const there = await stateOfChannel(depot, other, query.with_at, view.visible);
        const difference = compareStates(here.packages, there.packages);
        const { onlyHere, onlyThere, newerHere, newerThere, same } = difference;
        const lists = [onlyHere, onlyThere, newerHere, newerThere];
        return {
          status: 200,
          body: JSON.stringify({
            here: { channel: params.channel, state: here.number },
            there: { channel: other.channel, state: there.number },
            only_here: onlyHere.slice(0, MAX_COMPARED),
            only_there: onlyThere.slice(0, MAX_COMPARED),
            newer_here: newerHere.slice(0, MAX_COMPARED),
            newer_there: newerThere.slice(0, MAX_COMPARED),
            same,
            complete: lists.every((list) => list.length <= MAX_COMPARED),
          }),
        };
      });
    },
  }),
];

/** What is visible of a channel now, or of a state it had. Refuses with 404. */
async function stateOfChannel(
  { database: { db } }: Depot,
  name: ChannelName,
  number: number | undefined,
  visible: readonly Visibility[],
): Promise<{ number: number; packages: Map<RowId, PackageRef> }> {
  if (number === undefined) {
    if ((await findChannel(db, name.origin, name.channel)) === undefined)
      throw new Refusal(404, `There is no channel ${name.channel}`);
  } else if ((await findChange(db, name, number)) === undefined)
    throw new Refusal(404, `The channel ${name.channel} never had a state ${number}`);
  const all = number === undefined ? await presentState(db, name) : await stateAt(db, name, number);
  // Members may know of packages that are gone; for others only what they could see today.
  const seen = visible === EVERYTHING ? undefined : await visiblePackages(db, [...all.keys()], visible);
  if (seen !== undefined) for (const id of all.keys()) if (!seen.has(id)) all.delete(id);
  return { number: number ?? (await stateNumber(db, name)), packages: all };
}
