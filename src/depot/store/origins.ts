// Origins, their members and their channels.
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
  for (const channel of FIRST_CHANNELS) await insertChannel(writing, ownerId, name, channel);
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
): Promise<(Origin & { package_count: number })[]> {
  const rows = await db
    .selectFrom("origins")
    .innerJoin("origin_members", "origin_members.origin", "origins.name")
    .selectAll("origins")
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

/** Creates a channel. Throws when it exists. */
export async function insertChannel(
  { db, at, newId }: Writing,
  ownerId: RowId,
  origin: string,
  name: string,
): Promise<Channel> {
  const channel = { id: newId(), origin, name, owner_id: ownerId, created_at: at, updated_at: at };
  await db.insertInto("origin_channels").values(channel).execute();
  return channel;
}

/** Removes a channel and what it held; false when there was none. */
export async function deleteChannel({ db }: Writing, origin: string, name: string): Promise<boolean> {
  const channel = await findChannel(db, origin, name);
  if (channel === undefined) return false;
  await db.deleteFrom("channel_packages").where("channel_id", "=", channel.id).execute();
  await db.deleteFrom("origin_channels").where("id", "=", channel.id).execute();
  return true;
}
