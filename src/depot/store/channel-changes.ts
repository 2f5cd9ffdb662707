// Histories of channels: every change is written with what came and went, so any earlier state can be reckoned backwards
// from what a channel holds now. States are numbered within a channel; writers come one after the other, so numbers rise
// with commits whatever the clocks of several processes say.
import type { Actor } from "./audit.ts";
import type { Queries, Writing } from "./database.ts";
import type { Page, Window } from "./packages.ts";
import type { RowId } from "./schema.ts";
import type { ChannelAction, ChannelChangeTable } from "./schema-promotion.ts";

/** One release for one target. */
export interface PackageRef {
  readonly id: RowId;
  readonly ident: string;
  readonly target: string;
}

export interface ChannelName {
  readonly origin: string;
  readonly channel: string;
}

export interface NewChange extends ChannelName {
  readonly action: ChannelAction;
  readonly fromChannel?: string | undefined;
  readonly requestId?: RowId | undefined;
  readonly backTo?: number | undefined;
  readonly added: readonly PackageRef[];
  readonly removed: readonly PackageRef[];
}

export type ChangeRow = ChannelChangeTable;

/** Rows of one insert: each has five values, and SQLite takes 32,766. */
const ROWS_AN_INSERT = 1000;

/** Number of the state a channel is in; 0 when nothing is known of it. */
export async function stateNumber(db: Queries, { origin, channel }: ChannelName): Promise<number> {
  const { last } = await db
    .selectFrom("channel_changes")
    .select(({ fn }) => fn.max("number").as("last"))
    .where("origin", "=", origin)
    .where("channel", "=", channel)
    .executeTakeFirstOrThrow();
  return Number(last ?? 0);
}

/** Writes a change that was just made; gives the number of the new state. */
export async function insertChange(
  writing: Writing,
  actor: Actor,
  { origin, channel, action, added, removed, ...more }: NewChange,
): Promise<number> {
  const { db, at, newId } = writing;
  const id = newId();
  const number = (await stateNumber(db, { origin, channel })) + 1;
  await db
    .insertInto("channel_changes")
    .values({
      id,
      origin,
      channel,
      number,
      action,
      from_channel: more.fromChannel ?? "",
      request_id: more.requestId ?? null,
      back_to: more.backTo ?? null,
      added: added.length,
      removed: removed.length,
      at,
      account_id: actor.accountId,
      account_name: actor.accountName,
      trigger: actor.trigger,
      address: actor.address,
    })
    .execute();
  const rows = [
    ...added.map((each) => ({ ...itemOf(id, each), added: 1 })),
    ...removed.map((each) => ({ ...itemOf(id, each), added: 0 })),
  ];
  for (let from = 0; from < rows.length; from += ROWS_AN_INSERT)
    await db
      .insertInto("channel_change_items")
      .values(rows.slice(from, from + ROWS_AN_INSERT))
      .execute();
  return number;
}

function itemOf(changeId: RowId, { id, ident, target }: PackageRef) {
  return { change_id: changeId, package_id: id, ident, target };
}

/** Changes of a channel, newest first. */
export async function listChanges(
  db: Queries,
  { origin, channel }: ChannelName,
  window: Window,
): Promise<Page<ChangeRow>> {
  const base = db.selectFrom("channel_changes").where("origin", "=", origin).where("channel", "=", channel);
  const { count } = await base
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  const items = await base
    .selectAll()
    .orderBy("number", "desc")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}

export async function findChange(
  db: Queries,
  { origin, channel }: ChannelName,
  number: number,
): Promise<ChangeRow | undefined> {
  return await db
    .selectFrom("channel_changes")
    .selectAll()
    .where("origin", "=", origin)
    .where("channel", "=", channel)
    .where("number", "=", number)
    .executeTakeFirst();
}

export interface ChangeItem {
  readonly ident: string;
  readonly target: string;
  readonly added: number;
}

/** What came and went with a change, by ident and target. */
export async function itemsOfChange(db: Queries, changeId: RowId, window: Window): Promise<Page<ChangeItem>> {
  const base = db.selectFrom("channel_change_items").where("change_id", "=", changeId);
  const { count } = await base
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  const items = await base
    .select(["ident", "target", "added"])
    .orderBy("ident")
    .orderBy("target")
    .orderBy("added", "desc")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}

/** The first idents of each of these changes, in order, each once. */
export async function firstIdents(
  db: Queries,
  changeIds: readonly RowId[],
  limit: number,
): Promise<Map<RowId, string[]>> {
  const found = new Map<RowId, string[]>();
  for (const id of changeIds) {
    const rows = await db
      .selectFrom("channel_change_items")
      .select("ident")
      .distinct()
      .where("change_id", "=", id)
      .orderBy("ident")
      .limit(limit)
      .execute();
    found.set(
      id,
      rows.map((row) => row.ident),
    );
  }
  return found;
}

/** What a channel holds now, by package id. */
export async function presentState(
  db: Queries,
  { origin, channel }: ChannelName,
): Promise<Map<RowId, PackageRef>> {
  const rows = await db
    .selectFrom("channel_packages")
    .innerJoin("origin_channels", "origin_channels.id", "channel_packages.channel_id")
    .innerJoin("packages", "packages.id", "channel_packages.package_id")
    .select(["packages.id", "packages.ident", "packages.target"])
    .where("origin_channels.origin", "=", origin)
    .where("origin_channels.name", "=", channel)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** What a channel held in its state `number`, by package id; packages may be gone from the depot since. */
export async function stateAt(
  db: Queries,
  name: ChannelName,
  number: number,
): Promise<Map<RowId, PackageRef>> {
  const state = await presentState(db, name);
  const later = await db
    .selectFrom("channel_change_items")
    .innerJoin("channel_changes", "channel_changes.id", "channel_change_items.change_id")
    .select([
      "channel_change_items.package_id as id",
      "channel_change_items.ident",
      "channel_change_items.target",
      "channel_change_items.added",
    ])
    .where("channel_changes.origin", "=", name.origin)
    .where("channel_changes.channel", "=", name.channel)
    .where("channel_changes.number", ">", number)
    .orderBy("channel_changes.number", "desc")
    .execute();
  for (const { added, ...ref } of later)
    if (added === 1) state.delete(ref.id);
    else state.set(ref.id, ref);
  return state;
}

/** Which of these packages are still in the depot. */
export async function stillHere(db: Queries, ids: readonly RowId[]): Promise<Set<RowId>> {
  const here = new Set<RowId>();
  for (let from = 0; from < ids.length; from += ROWS_AN_INSERT) {
    const rows = await db
      .selectFrom("packages")
      .select("id")
      .where("id", "in", ids.slice(from, from + ROWS_AN_INSERT))
      .execute();
    for (const { id } of rows) here.add(id);
  }
  return here;
}
