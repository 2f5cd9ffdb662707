// Webhooks and their deliveries. The outbox is a table: what is due is leased by one process for a while, and goes to
// another when that one dies.
import { type SelectQueryBuilder, sql } from "kysely";
import type { Queries, Writing } from "./database.ts";
import type { Page, Window } from "./packages.ts";
import type { DepotTables, RowId, Timestamp } from "./schema.ts";
import type { EventKind, WebhookDeliveryTable, WebhookTable } from "./schema-promotion.ts";

export type Webhook = WebhookTable;
export type DeliveryRow = WebhookDeliveryTable;

export interface NewWebhook {
  readonly origin: string;
  readonly url: string;
  readonly events: readonly EventKind[];
  /** Sealed. */
  readonly secret: string;
  readonly active: boolean;
  readonly createdBy: string;
}

export async function insertWebhook({ db, at, newId }: Writing, hook: NewWebhook): Promise<Webhook> {
  const row: Webhook = {
    id: newId(),
    origin: hook.origin,
    url: hook.url,
    events: JSON.stringify(hook.events),
    secret: hook.secret,
    active: hook.active ? 1 : 0,
    created_at: at,
    updated_at: at,
    created_by: hook.createdBy,
  };
  await db.insertInto("webhooks").values(row).execute();
  return row;
}

export async function findWebhook(db: Queries, origin: string, id: RowId): Promise<Webhook | undefined> {
  return await db
    .selectFrom("webhooks")
    .selectAll()
    .where("origin", "=", origin)
    .where("id", "=", id)
    .executeTakeFirst();
}

/** Webhooks of an origin, oldest first. */
export async function webhooksOf(db: Queries, origin: string): Promise<Webhook[]> {
  return await db.selectFrom("webhooks").selectAll().where("origin", "=", origin).orderBy("id").execute();
}

export async function updateWebhook(
  { db, at }: Writing,
  id: RowId,
  change: Partial<Pick<Webhook, "url" | "events" | "secret" | "active">>,
): Promise<void> {
  await db
    .updateTable("webhooks")
    .set({ ...change, updated_at: at })
    .where("id", "=", id)
    .execute();
}

/** Removes a webhook with its deliveries, sent or not. */
export async function deleteWebhook({ db }: Writing, id: RowId): Promise<void> {
  await db.deleteFrom("webhook_deliveries").where("webhook_id", "=", id).execute();
  await db.deleteFrom("webhooks").where("id", "=", id).execute();
}

/** Deliveries of a webhook, newest first. */
export async function listDeliveries(
  db: Queries,
  webhookId: RowId,
  window: Window,
): Promise<Page<DeliveryRow>> {
  const base = db.selectFrom("webhook_deliveries").where("webhook_id", "=", webhookId);
  const { count } = await base
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  const items = await base
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}

export async function findDelivery(
  db: Queries,
  webhookId: RowId,
  id: RowId,
): Promise<DeliveryRow | undefined> {
  return await db
    .selectFrom("webhook_deliveries")
    .selectAll()
    .where("webhook_id", "=", webhookId)
    .where("id", "=", id)
    .executeTakeFirst();
}

/** When the next delivery is due, or the lease of one ends; undefined when none waits. */
export async function nextDue(db: Queries): Promise<Timestamp | undefined> {
  const { due } = await db
    .selectFrom("webhook_deliveries")
    .select(
      sql<Timestamp | null>`min(case when leased_until > due_at then leased_until else due_at end)`.as("due"),
    )
    .where("state", "=", "pending")
    .executeTakeFirstOrThrow();
  return due ?? undefined;
}

export interface LeasedDelivery {
  readonly id: RowId;
  readonly webhookId: RowId;
  readonly event: string;
  readonly payload: string;
  /** This one included. */
  readonly attempts: number;
  readonly url: string;
  readonly secret: string;
  readonly leasedUntil: Timestamp;
}

/**
 * What may be sent at this moment: of each webhook the oldest that is due, and nothing while another delivery of it is at
 * work, so that a receiver gets one after the other and a slow one holds up nobody else.
 */
function leasable(db: Queries, at: Timestamp): SelectQueryBuilder<DepotTables, "webhook_deliveries", object> {
  return db
    .selectFrom("webhook_deliveries")
    .where("webhook_deliveries.state", "=", "pending")
    .where("webhook_deliveries.due_at", "<=", at)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("webhook_deliveries as other")
            .select("other.id")
            .whereRef("other.webhook_id", "=", "webhook_deliveries.webhook_id")
            .where("other.state", "=", "pending")
            .where((where) =>
              where.or([
                where("other.leased_until", ">", at),
                where.and([
                  where("other.due_at", "<=", at),
                  where("other.id", "<", where.ref("webhook_deliveries.id")),
                ]),
              ]),
            ),
        ),
      ),
    );
}

/** Whether there is something to take at this moment; asked without writing. */
export async function isAnyLeasable(db: Queries, at: Timestamp): Promise<boolean> {
  return (await leasable(db, at).select("webhook_deliveries.id").limit(1).executeTakeFirst()) !== undefined;
}

/** Takes what may be sent for this process alone until `until`. */
export async function leaseDue(
  { db, at }: Writing,
  until: Timestamp,
  limit: number,
): Promise<LeasedDelivery[]> {
  const rows = await leasable(db, at)
    .innerJoin("webhooks", "webhooks.id", "webhook_deliveries.webhook_id")
    .select([
      "webhook_deliveries.id",
      "webhook_deliveries.webhook_id as webhookId",
      "webhook_deliveries.event",
      "webhook_deliveries.payload",
      "webhook_deliveries.attempts",
      "webhooks.url",
      "webhooks.secret",
    ])
    .orderBy("webhook_deliveries.due_at")
    .orderBy("webhook_deliveries.id")
    .limit(limit)
    .execute();
  if (rows.length === 0) return [];
  await db
    .updateTable("webhook_deliveries")
    .set(({ eb, ref }) => ({ leased_until: until, attempts: eb(ref("attempts"), "+", 1) }))
    .where(
      "id",
      "in",
      rows.map(({ id }) => id),
    )
    .execute();
  return rows.map((row) => ({ ...row, attempts: row.attempts + 1, leasedUntil: until }));
}

export interface DeliveryResult {
  readonly state: "delivered" | "failed" | "pending";
  readonly status: number | null;
  readonly error: string;
  /** When it is tried again, while pending. */
  readonly dueAt: Timestamp;
}

/** Writes down how an attempt ended, if the lease is still ours. */
export async function finishDelivery(
  { db, at }: Writing,
  { id, leasedUntil }: LeasedDelivery,
  { state, status, error, dueAt }: DeliveryResult,
): Promise<void> {
  await db
    .updateTable("webhook_deliveries")
    .set({ state, status, error, due_at: dueAt, leased_until: "", updated_at: at })
    .where("id", "=", id)
    .where("leased_until", "=", leasedUntil)
    .execute();
}

/** Lets everything that waits for a webhook wait until then at least: its receiver is down. */
export async function postponeDeliveries({ db }: Writing, webhookId: RowId, until: Timestamp): Promise<void> {
  await db
    .updateTable("webhook_deliveries")
    .set({ due_at: until })
    .where("webhook_id", "=", webhookId)
    .where("state", "=", "pending")
    .where("due_at", "<", until)
    .execute();
}

export async function hasDeliveriesBefore(db: Queries, before: Timestamp): Promise<boolean> {
  const row = await db
    .selectFrom("webhook_deliveries")
    .select("id")
    .where("state", "!=", "pending")
    .where("updated_at", "<", before)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets deliveries that ended before this moment. */
export async function forgetDeliveries({ db }: Writing, before: Timestamp): Promise<void> {
  await db
    .deleteFrom("webhook_deliveries")
    .where("state", "!=", "pending")
    .where("updated_at", "<", before)
    .execute();
}
