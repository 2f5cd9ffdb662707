// Requests for promotions into channels with a gate: what is asked for, fixed once and for all, and what people said to it.
import type { SelectQueryBuilder } from "kysely";
import type { Actor } from "./audit.ts";
import type { ChannelName, PackageRef } from "./channel-changes.ts";
import type { Queries, Writing } from "./database.ts";
import type { Page, Window } from "./packages.ts";
import type { DepotTables, RowId, Timestamp } from "./schema.ts";
import type {
  PromotionDecisionTable,
  PromotionRequestItemTable,
  PromotionRequestTable,
  RequestState,
} from "./schema-promotion.ts";

export type RequestRow = PromotionRequestTable;
export type RequestItem = PromotionRequestItemTable;
export type Decision = PromotionDecisionTable;

/** A package as a request fixes it. */
export interface RequestedPackage extends PackageRef {
  readonly checksum: string;
}

export interface NewRequest extends ChannelName {
  readonly from: string;
  readonly target: string;
  readonly comment: string;
  readonly expiresAt: Timestamp;
  readonly packages: readonly RequestedPackage[];
}

const ROWS_AN_INSERT = 1000;

export async function insertRequest(
  { db, at, newId }: Writing,
  actor: Actor,
  request: NewRequest,
): Promise<RequestRow> {
  const row: RequestRow = {
    id: newId(),
    origin: request.origin,
    channel: request.channel,
    from_channel: request.from,
    target: request.target,
    state: "open",
    reason: "",
    comment: request.comment,
    account_id: actor.accountId,
    account_name: actor.accountName,
    created_at: at,
    expires_at: request.expiresAt,
    decided_at: null,
    change_number: null,
  };
  await db.insertInto("promotion_requests").values(row).execute();
  const items = request.packages.map(({ id, ident, target, checksum }) => ({
    request_id: row.id,
    package_id: id,
    ident,
    target,
    checksum,
  }));
  for (let from = 0; from < items.length; from += ROWS_AN_INSERT)
    await db
      .insertInto("promotion_request_items")
      .values(items.slice(from, from + ROWS_AN_INSERT))
      .execute();
  return row;
}

export async function findRequest(db: Queries, origin: string, id: RowId): Promise<RequestRow | undefined> {
  return await db
    .selectFrom("promotion_requests")
    .selectAll()
    .where("origin", "=", origin)
    .where("id", "=", id)
    .executeTakeFirst();
}

export interface RequestFilter {
  readonly origin: string;
  readonly channel?: string | undefined;
  readonly state?: RequestState | undefined;
  /** What is open and ends before counts as expired. */
  readonly now: Timestamp;
}

type RequestQuery = SelectQueryBuilder<DepotTables, "promotion_requests", object>;

function filtered(db: Queries, { origin, channel, state, now }: RequestFilter): RequestQuery {
  let query: RequestQuery = db.selectFrom("promotion_requests").where("origin", "=", origin);
  if (channel !== undefined) query = query.where("channel", "=", channel);
  if (state === "open") return query.where("state", "=", "open").where("expires_at", ">", now);
  if (state === "expired")
    return query.where((where) =>
      where.or([
        where("state", "=", "expired"),
        where.and([where("state", "=", "open"), where("expires_at", "<=", now)]),
      ]),
    );
  return state === undefined ? query : query.where("state", "=", state);
}

/** Requests of an origin, newest first. */
export async function listRequests(
  db: Queries,
  filter: RequestFilter,
  window: Window,
): Promise<Page<RequestRow>> {
  const base = filtered(db, filter);
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

/** Open requests for a channel, or for a whole origin. */
export async function openRequests(db: Queries, filter: Omit<RequestFilter, "state">): Promise<RequestRow[]> {
  return await filtered(db, { ...filter, state: "open" })
    .selectAll()
    .orderBy("id")
    .execute();
}

/** Open requests that have ended, of all origins. */
export async function overdueRequests(db: Queries, now: Timestamp, limit: number): Promise<RequestRow[]> {
  return await db
    .selectFrom("promotion_requests")
    .selectAll()
    .where("state", "=", "open")
    .where("expires_at", "<=", now)
    .orderBy("expires_at")
    .limit(limit)
    .execute();
}

/** What a request asks for, by ident and target. */
export async function requestItems(db: Queries, requestId: RowId): Promise<RequestItem[]> {
  return await db
    .selectFrom("promotion_request_items")
    .selectAll()
    .where("request_id", "=", requestId)
    .orderBy("ident")
    .orderBy("target")
    .execute();
}

export async function decisionsOf(db: Queries, requestId: RowId): Promise<Decision[]> {
  return await db
    .selectFrom("promotion_decisions")
    .selectAll()
    .where("request_id", "=", requestId)
    .orderBy("at")
    .orderBy("account_name")
    .execute();
}

/** Writes what somebody decided; who has done so before stays with it. False in that case. */
export async function insertDecision(
  { db, at }: Writing,
  actor: Actor,
  requestId: RowId,
  decision: Decision["decision"],
  comment: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("promotion_decisions")
    .values({
      request_id: requestId,
      account_id: actor.accountId,
      account_name: actor.accountName,
      decision,
      comment,
      at,
    })
    .onConflict((conflict) => conflict.columns(["request_id", "account_id"]).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Ends a request. */
export async function endRequest(
  { db, at }: Writing,
  requestId: RowId,
  end: {
    readonly state: Exclude<RequestState, "open">;
    readonly reason?: string;
    readonly changeNumber?: number | undefined;
  },
): Promise<void> {
  await db
    .updateTable("promotion_requests")
    .set({
      state: end.state,
      reason: end.reason ?? "",
      decided_at: at,
      change_number: end.changeNumber ?? null,
    })
    .where("id", "=", requestId)
    .execute();
}
