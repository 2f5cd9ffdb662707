// Events and the outbox of webhooks: written in the transaction of what they tell of, so that none is lost and none tells
// of what did not happen. Writers come one after the other, so numbers rise with commits and a reader misses none.
import type { Actor } from "./audit.ts";
import type { PackageRef } from "./channel-changes.ts";
import { countUp, type Queries, type Writing } from "./database.ts";
import type { RowId } from "./schema.ts";
import type { DepotEventTable, EventKind } from "./schema-promotion.ts";

/** Idents in one event; who needs all of more asks for the change. */
export const MAX_IDENTS_AN_EVENT = 100;

/** Deliveries of one webhook that wait; more are written down as dropped. */
const MAX_WAITING_DELIVERIES = 1000;

export type EventRow = DepotEventTable;

export interface NewEvent {
  readonly kind: EventKind;
  readonly origin: string;
  readonly channel: string;
  readonly packages: readonly PackageRef[];
  /** What else members may know of it, in the order in which it is shown. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** What a row's `data` holds. */
export interface EventData {
  readonly event: EventKind;
  readonly origin: string;
  readonly channel: string;
  readonly at: string;
  readonly idents: readonly { readonly ident: string; readonly target: string }[];
  /** Of all packages, also beyond those listed. */
  readonly count: number;
  readonly account: string;
  readonly [more: string]: unknown;
}

/** Writes an event, and a delivery for each webhook of its origin that wants it. */
export async function recordEvent(
  writing: Writing,
  actor: Actor,
  { kind, origin, channel, packages, more }: NewEvent,
): Promise<void> {
  const { db, at } = writing;
  const sorted = [...packages].sort((one, other) => (one.ident < other.ident ? -1 : 1));
  const data: EventData = {
    event: kind,
    origin,
    channel,
    at: `${at}Z`,
    idents: sorted.slice(0, MAX_IDENTS_AN_EVENT).map(({ ident, target }) => ({ ident, target })),
    count: packages.length,
    account: actor.accountName,
    ...more,
  };
  const text = JSON.stringify(data);
  const seq = await countUp(db, "events");
  await db.insertInto("depot_events").values({ seq, kind, origin, channel, at, data: text }).execute();
  const hooks = await db
    .selectFrom("webhooks")
    .select(["id", "events"])
    .where("origin", "=", origin)
    .where("active", "=", 1)
    .execute();
  for (const { id, events } of hooks)
    if ((JSON.parse(events) as string[]).includes(kind)) await insertDelivery(writing, id, kind, text);
}

/** Puts something into the outbox of a webhook; gives its id. */
export async function insertDelivery(
  { db, at, newId }: Writing,
  webhookId: RowId,
  event: string,
  payload: string,
): Promise<RowId> {
  const { waiting } = await db
    .selectFrom("webhook_deliveries")
    .select(({ fn }) => fn.countAll<number | string>().as("waiting"))
    .where("webhook_id", "=", webhookId)
    .where("state", "=", "pending")
    .executeTakeFirstOrThrow();
  const full = Number(waiting) >= MAX_WAITING_DELIVERIES;
  const id = newId();
  await db
    .insertInto("webhook_deliveries")
    .values({
      id,
      webhook_id: webhookId,
      event,
      payload,
      state: full ? "dropped" : "pending",
      attempts: 0,
      due_at: at,
      leased_until: "",
      status: null,
      error: full ? `${MAX_WAITING_DELIVERIES} deliveries wait already` : "",
      created_at: at,
      updated_at: at,
    })
    .execute();
  return id;
}

/** Number of the newest event there ever was; 0 before the first. */
export async function newestEvent(db: Queries): Promise<number> {
  const row = await db
    .selectFrom("depot_counters")
    .select("value")
    .where("name", "=", "events")
    .executeTakeFirst();
  return Number(row?.value ?? 0);
}

/** Number of the oldest event that is still kept; undefined when none is. */
export async function oldestEvent(db: Queries): Promise<number | undefined> {
  const { oldest } = await db
    .selectFrom("depot_events")
    .select(({ fn }) => fn.min("seq").as("oldest"))
    .executeTakeFirstOrThrow();
  return oldest === null ? undefined : Number(oldest);
}

/** Events after `seq`, oldest first. */
export async function eventsAfter(db: Queries, seq: number, limit: number): Promise<EventRow[]> {
  const rows = await db
    .selectFrom("depot_events")
    .selectAll()
    .where("seq", ">", seq)
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
}

/** Which of these idents are public for their target. */
export async function publicAmong(
  db: Queries,
  idents: readonly { readonly ident: string; readonly target: string }[],
): Promise<Set<string>> {
  if (idents.length === 0) return new Set();
  const rows = await db
    .selectFrom("packages")
    .select(["ident", "target"])
    .where(
      "ident",
      "in",
      idents.map(({ ident }) => ident),
    )
    .where("visibility", "=", "public")
    .execute();
  return new Set(rows.map(({ ident, target }) => `${ident} ${target}`));
}

export async function hasEventsBefore(db: Queries, before: string): Promise<boolean> {
  // The oldest has the lowest number, so no index on times is needed.
  const oldest = await db.selectFrom("depot_events").select("at").orderBy("seq").limit(1).executeTakeFirst();
  return oldest !== undefined && oldest.at < before;
}

/** Forgets events from before this moment. */
export async function forgetEvents({ db }: Writing, before: string): Promise<void> {
  await db.deleteFrom("depot_events").where("at", "<", before).execute();
}
