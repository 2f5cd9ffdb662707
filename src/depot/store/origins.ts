// Origins, their members and their channels.
import type { Actor } from "./audit.ts";
import { insertChange } from "./channel-changes.ts";
import type { Queries, Writing } from "./database.ts";
import type { OriginChannelTable, OriginTable, RowId, Visibility } from "./schema.ts";

export type Origin = OriginTable;
export type Channel = OriginChannelTable;

/** Channels every origin has from its first moment; both are special (reference/depot-api.md §9). */
export const FIRST_CHANNELS = ["unstable", "stable"] as const;

export async function findOrigin(db: Queries, name: string): Promise<Origin | undefined> {
  return await db.selectFrom("origins").selectAll().where("name", "=", name).executeTakeFirst();
}

/** Creates an origin with its owner as member and its two channels. Throws on a name that exists. */
export async function insertOrigin(
  writing: Writing,
  actor: Actor,
  ownerId: RowId,
  name: string,
  visibility: Visibility,
): Promise<Origin> {
  const { db, at } = writing;
  const origin = {
    name,
    owner_id: ownerId,
    default_package_visibility: visibility,
    created_at: at,
    updated_at: at,
  };
  await db.insertInto("origins").values(origin).execute();
  await db
    .insertInto("origin_members")
    .values({ origin: name, account_id: ownerId, member_role: "owner", created_at: at, updated_at: at })
    .execute();
  for (const channel of FIRST_CHANNELS) await insertChannel(writing, actor, name, channel, ownerId);
  return origin;
}

export async function setDefaultVisibility(
  { db, at }: Writing,
  origin: string,
  visibility: Visibility,
): Promise<void> {
  await db
    .updateTable("origins")
    .set({ default_package_visibility: visibility, updated_at: at })
    .where("name", "=", origin)
    .execute();
}

export async function accountNameOf(db: Queries, id: RowId): Promise<string | undefined> {
  return (await db.selectFrom("accounts").select("name").where("id", "=", id).executeTakeFirst())?.name;
}

/** Origins an account is a member of, by name, each with the number of its packages. */
export async function originsOf(
  db: Queries,
  accountId: RowId,
): Promise<(Origin & { package_count: number; role: string })[]> {
  const rows = await db
    .selectFrom("origins")
    .innerJoin("origin_members", "origin_members.origin", "origins.name")
    .selectAll("origins")
    .select("origin_members.member_role as role")
    .select((select) =>
      select
        .selectFrom("package_settings")
        .select(({ fn }) => fn.countAll<number | string>().as("count"))
        .whereRef("package_settings.origin", "=", "origins.name")
        .as("package_count"),
    )
    .where("origin_members.account_id", "=", accountId)
    .orderBy("origins.name")
    .execute();
  return rows.map((row) => ({ ...row, package_count: Number(row.package_count) }));
}

export async function findChannel(db: Queries, origin: string, name: string): Promise<Channel | undefined> {
  return await db
    .selectFrom("origin_channels")
    .selectAll()
    .where("origin", "=", origin)
    .where("name", "=", name)
    .executeTakeFirst();
}

export async function channelNames(db: Queries, origin: string): Promise<string[]> {
  const rows = await db
    .selectFrom("origin_channels")
    .select("name")
    .where("origin", "=", origin)
    .orderBy("name")
    .execute();
  return rows.map((row) => row.name);
}

/** Creates a channel, which is the first entry of its history. Throws when it exists. */
export async function insertChannel(
  writing: Writing,
  actor: Actor,
  origin: string,
  name: string,
  ownerId: RowId = actor.accountId,
): Promise<Channel> {
  const { db, at, newId } = writing;
  const channel = { id: newId(), origin, name, owner_id: ownerId, created_at: at, updated_at: at };
  await db.insertInto("origin_channels").values(channel).execute();
  await insertChange(writing, actor, { origin, channel: name, action: "create", added: [], removed: [] });
  return channel;
}

/** Removes a channel that holds nothing any more. */
export async function removeChannel({ db }: Writing, channelId: RowId): Promise<void> {
  await db.deleteFrom("origin_channels").where("id", "=", channelId).execute();
}
