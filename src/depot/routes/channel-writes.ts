// Changing channels: create, delete, promote and demote one package or a whole channel (reference/depot-api.md §9).
import { z } from "zod";
import { channelAnswer } from "../answer-schemas.ts";
import { empty, json, Refusal } from "../answers.ts";
import { channelName, originName, packageName, targetQuery, versionText } from "../names.ts";
import { changeChannel, deleteChannel } from "../promotion/change-channel.ts";
import { notYetIn } from "../promotion/decide.ts";
import { refuseGated } from "../promotion/gate.ts";
import { type Access, type Call, type Route, route } from "../route.ts";
import { channelShape } from "../shapes.ts";
import { recordAudit } from "../store/audit.ts";
import type { ChannelName, PackageRef } from "../store/channel-changes.ts";
import { packagesOfChannel } from "../store/channels.ts";
import type { Writing } from "../store/database.ts";
import { findGate } from "../store/gates.ts";
import { type Channel, findChannel, insertChannel } from "../store/origins.ts";
import { packageOf } from "../store/packages.ts";
import { targetOrRefuse } from "./packages.ts";

const nothing = z.object({});
const inChannel = { origin: originName, channel: channelName };
const release = z.object({
  ...inChannel,
  name: packageName,
  version: versionText,
  release: versionText,
});
const badName = { status: 422, text: "Invalid channel or package name" };
const target = z.object({ target: targetQuery });

/** Compat: these routes answer 401 also to accounts whose role is too low. */
const MAINTAINER: Access = { role: "maintainer", refusedAs: 401 };

/** Clients never create this channel before they promote to it, though new origins lack it: it is made when needed. */
const CLIENT_DEFAULT_CHANNEL = "base";

type ReleaseInChannel = z.infer<typeof release>;

function identOf({ origin, name, version, release }: ReleaseInChannel): string {
  return `${origin}/${name}/${version}/${release}`;
}

/** The channel to promote to: an existing one, or `base` made now. */
async function promotionChannel(
  writing: Writing,
  call: Call<ReleaseInChannel, unknown>,
): Promise<Channel | undefined> {
  const { origin, channel } = call.params;
  const known = await findChannel(writing.db, origin, channel);
  if (known !== undefined || channel !== CLIENT_DEFAULT_CHANNEL) return known;
  return await insertChannel(writing, call.actor(), origin, channel);
}

interface WholeChannel {
  readonly origin: string;
  readonly channel: string;
}

/** Adds or removes what the source channel holds, in one transaction. */
async function moveWholeChannel(
  call: Call<WholeChannel, { readonly channel: string }>,
  action: "channel-promote" | "channel-demote",
): Promise<Response> {
  const { origin, channel: source } = call.params;
  const destination = call.query.channel;
  const actor = call.actor();
  await call.depot.database.write(async (writing) => {
    const { db } = writing;
    const from = await findChannel(db, origin, source);
    if (from === undefined) throw new Refusal(404);
    const packages = await packagesOfChannel(db, from.id);
    if (action === "channel-promote")
      await refuseNewPastGate(writing, { origin, channel: destination }, packages);
    const to =
      (await findChannel(db, origin, destination)) ??
      (await insertChannel(writing, actor, origin, destination));
    const { added, removed } = await changeChannel(writing, actor, to, {
      action,
      from: source,
      [action === "channel-promote" ? "add" : "remove"]: packages,
    });
    await recordAudit(writing, actor, {
      operation: action,
      subject: source,
      origin,
      channel: destination,
      details: { idents: [...new Set([...added, ...removed].map(({ ident }) => ident))].sort() },
    });
  });
  return empty(200);
}

/** What is in a channel already may be promoted to it again, gate or not: nothing changes. */
async function refuseNewPastGate(
  { db }: Writing,
  name: ChannelName,
  packages: readonly PackageRef[],
): Promise<void> {
  if ((await notYetIn(db, name, packages)).length > 0) await refuseGated(db, name);
}

export const channelWriteRoutes: readonly Route[] = [
  route({
    method: "POST",
    path: "/depot/channels/:origin/:channel",
    summary: "Create a channel",
    access: MAINTAINER,
    verb: "promote",
    answers: { 201: channelAnswer, 409: "empty" },
    params: z.object(inChannel),
    badParams: badName,
    query: nothing,
    async handle(call) {
      const { origin, channel } = call.params;
      const actor = call.actor();
      const created = await call.depot.database.write(async (writing) => {
        if ((await findChannel(writing.db, origin, channel)) !== undefined) return undefined;
        const row = await insertChannel(writing, actor, origin, channel);
        await recordAudit(writing, actor, { operation: "channel-create", subject: channel, origin, channel });
        return row;
      });
      return created === undefined ? empty(409) : json(201, channelShape(created));
    },
  }),
  route({
    method: "DELETE",
    path: "/depot/channels/:origin/:channel",
    summary: "Delete a channel; its packages stay",
    access: MAINTAINER,
    verb: "promote",
    answers: { 200: "empty", 403: "text" },
    params: z.object(inChannel),
    badParams: badName,
    query: nothing,
    async handle(call) {
      const { origin, channel } = call.params;
      if (channel === "stable" || channel === "unstable") return empty(403);
      const actor = call.actor();
      await call.depot.database.write(async (writing) => {
        const row = await findChannel(writing.db, origin, channel);
        if (row === undefined) return;
        // Else a gate could be got round by making the channel again.
        if ((await findGate(writing.db, { origin, channel })) !== undefined)
          throw new Refusal(403, `The channel ${channel} has a gate: remove it first, as an administrator`);
        await deleteChannel(writing, actor, row);
        await recordAudit(writing, actor, {
          operation: "channel-delete",
          subject: channel,
          origin,
          channel,
        });
      });
      return empty(200);
    },
  }),
  route({
    method: "PUT",
    path: "/depot/channels/:origin/:channel/pkgs/promote",
    summary: "Add all packages of a channel to another",
    access: MAINTAINER,
    verb: "promote",
    answers: { 200: "empty", 400: "empty", 403: "text", 404: "empty" },
    params: z.object(inChannel),
    badParams: badName,
    query: z.object({ channel: channelName }),
    async handle(call) {
      const { channel: destination } = call.query;
      if (destination === call.params.channel || destination === "unstable") return empty(400);
      return await moveWholeChannel(call, "channel-promote");
    },
  }),
  route({
    method: "PUT",
    path: "/depot/channels/:origin/:channel/pkgs/demote",
    summary: "Remove all packages of a channel from another",
    access: MAINTAINER,
    verb: "promote",
    answers: { 200: "empty", 400: "empty", 404: "empty" },
    params: z.object(inChannel),
    badParams: badName,
    query: z.object({ channel: channelName }),
    async handle(call) {
      const { channel: source } = call.params;
      const { channel: destination } = call.query;
      if (source === "unstable" || destination === "unstable" || source === destination) return empty(400);
      return await moveWholeChannel(call, "channel-demote");
    },
  }),
  route({
    method: "PUT",
    path: "/depot/channels/:origin/:channel/pkgs/:name/:version/:release/promote",
    summary: "Add a release to a channel",
    access: MAINTAINER,
    verb: "promote",
    answers: { 200: "empty", 403: "text", 404: "empty", 422: "text" },
    params: release,
    badParams: badName,
    query: target,
    async handle(call) {
      const ident = identOf(call.params);
      const target = targetOrRefuse(call);
      return await call.depot.database.write(async (writing) => {
        const row = await packageOf(writing.db, ident, target);
        const channel = row === undefined ? undefined : await promotionChannel(writing, call);
        if (row === undefined || channel === undefined) return empty(404);
        await refuseNewPastGate(writing, { origin: row.origin, channel: channel.name }, [row]);
        const { state } = await changeChannel(writing, call.actor(), channel, {
          action: "promote",
          add: [row],
        });
        if (state !== undefined) {
          await recordAudit(writing, call.actor(), {
            operation: "promote",
            subject: ident,
            origin: row.origin,
            channel: channel.name,
            details: { target },
          });
        }
        return empty(200);
      });
    },
  }),
  route({
    method: "PUT",
    path: "/depot/channels/:origin/:channel/pkgs/:name/:version/:release/demote",
    summary: "Remove a release from a channel",
    access: MAINTAINER,
    verb: "promote",
    answers: { 200: "empty", 400: "empty", 403: "empty", 422: "text" },
    params: release,
    badParams: badName,
    query: target,
    before({ channel }) {
      if (channel === "unstable") throw new Refusal(403);
    },
    async handle(call) {
      const ident = identOf(call.params);
      const target = targetOrRefuse(call);
      return await call.depot.database.write(async (writing) => {
        const row = await packageOf(writing.db, ident, target);
        const channel = await findChannel(writing.db, call.params.origin, call.params.channel);
        // Compat: 400, not 404, when there is nothing to demote.
        if (row === undefined || channel === undefined) return empty(400);
        const { state } = await changeChannel(writing, call.actor(), channel, {
          action: "demote",
          remove: [row],
        });
        if (state === undefined) return empty(400);
        await recordAudit(writing, call.actor(), {
          operation: "demote",
          subject: ident,
          origin: row.origin,
          channel: channel.name,
          details: { target },
        });
        return empty(200);
      });
    },
  }),
];
