// The only way in which a channel changes what it holds: rows, the state they make in its history, and the event, in one
// transaction. Whoever calls it writes the audit, which says it in the caller's own words.
import type { Actor } from "../store/audit.ts";
import { type ChannelName, insertChange, type PackageRef, presentState } from "../store/channel-changes.ts";
import { addToChannel, channelsHolding, removeFromChannel } from "../store/channels.ts";
import type { Writing } from "../store/database.ts";
import { publicAmong, recordEvent } from "../store/events.ts";
import { type Channel, removeChannel } from "../store/origins.ts";
import type { RowId } from "../store/schema.ts";
import type { ChannelAction, EventKind } from "../store/schema-promotion.ts";

export interface ChannelChange {
  readonly action: Exclude<ChannelAction, "begin" | "create" | "delete">;
  readonly add?: readonly PackageRef[];
  readonly remove?: readonly PackageRef[];
  /** The other channel it came from. */
  readonly from?: string | undefined;
  readonly requestId?: RowId | undefined;
  /** The state a rollback goes back to. */
  readonly backTo?: number;
  /** Whether everybody might know of the packages, where nobody can look that up afterwards. */
  readonly wasPublic?: boolean;
}

export interface Changed {
  /** The new state; undefined when nothing changed. */
  readonly state: number | undefined;
  readonly added: readonly PackageRef[];
  readonly removed: readonly PackageRef[];
}

/** Changes what a channel holds. What is there already, or is not there to be removed, is passed over. */
export async function changeChannel(
  writing: Writing,
  actor: Actor,
  channel: Channel,
  { action, add = [], remove = [], from, requestId, backTo, wasPublic }: ChannelChange,
): Promise<Changed> {
  const came = await addToChannel(writing, channel.id, idsOf(add));
  const went = await removeFromChannel(writing, channel.id, idsOf(remove));
  const added = add.filter(({ id }) => came.has(id));
  const removed = remove.filter(({ id }) => went.has(id));
  if (added.length + removed.length === 0) return { state: undefined, added, removed };
  const name: ChannelName = { origin: channel.origin, channel: channel.name };
  const state = await insertChange(writing, actor, {
    ...name,
    action,
    fromChannel: from,
    requestId,
    backTo,
    added,
    removed,
  });
  const tell = async (kind: EventKind, packages: readonly PackageRef[]): Promise<void> => {
    if (packages.length === 0) return;
    await recordEvent(writing, actor, {
      ...name,
      kind,
      packages,
      more: {
        action,
        state,
        from_channel: from ?? null,
        request_id: requestId ?? null,
        ...(backTo !== undefined && { back_to: backTo }),
        ...(wasPublic !== undefined && { was_public: wasPublic }),
      },
    });
  };
  if (action === "rollback") await tell("rollback", [...added, ...removed]);
  else {
    await tell(action === "upload" ? "upload" : "promotion", added);
    await tell("demotion", removed);
  }
  return { state, added, removed };
}

function idsOf(packages: readonly PackageRef[]): RowId[] {
  return [...new Set(packages.map(({ id }) => id))];
}

/** Takes a package that is about to be deleted out of every channel. */
export async function emptyChannelsOf(writing: Writing, actor: Actor, ref: PackageRef): Promise<void> {
  const wasPublic = (await publicAmong(writing.db, [ref])).size > 0;
  for (const channel of await channelsHolding(writing.db, ref.id))
    await changeChannel(writing, actor, channel, { action: "package-delete", remove: [ref], wasPublic });
}

/** Removes a channel with what it holds. Its history stays, and goes on should the channel be made again. */
export async function deleteChannel(writing: Writing, actor: Actor, channel: Channel): Promise<void> {
  const name: ChannelName = { origin: channel.origin, channel: channel.name };
  const held = [...(await presentState(writing.db, name)).values()];
  await removeFromChannel(writing, channel.id, idsOf(held));
  await removeChannel(writing, channel.id);
  const state = await insertChange(writing, actor, { ...name, action: "delete", added: [], removed: held });
  if (held.length > 0)
    await recordEvent(writing, actor, {
      ...name,
      kind: "demotion",
      packages: held,
      more: { action: "delete", state, from_channel: null, request_id: null },
    });
}
