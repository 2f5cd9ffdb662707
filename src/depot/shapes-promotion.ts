// JSON of histories, gates and requests; the keys and their order are those of answer-schemas-promotion.ts.
import type { z } from "zod";
import type * as answer from "./answer-schemas-promotion.ts";
import { countingApprovals, mayDo, stateOf } from "./promotion/decide.ts";
import type { Caller } from "./roles.ts";
import type { ChangeRow } from "./store/channel-changes.ts";
import type { Queries } from "./store/database.ts";
import { findGate, type Gate } from "./store/gates.ts";
import { type Decision, decisionsOf, type RequestRow, requestItems } from "./store/promotion-requests.ts";
import type { Timestamp } from "./store/schema.ts";
import type { EventKind } from "./store/schema-promotion.ts";
import type { DeliveryRow, Webhook } from "./store/webhooks.ts";

/** Idents shown with a change or a request. */
export const MAX_SHOWN_IDENTS = 100;

/** A time that says that it is UTC. */
export function utc(timestamp: Timestamp): string {
  return `${timestamp}Z`;
}

export function changeShape(row: ChangeRow, idents: string[]): z.infer<typeof answer.changeAnswer> {
  return {
    id: Number(row.number),
    action: row.action,
    idents,
    added: row.added,
    removed: row.removed,
    account: row.account_name,
    source_address: row.address,
    trigger: row.trigger,
    from_channel: row.from_channel === "" ? null : row.from_channel,
    request_id: row.request_id,
    back_to: row.back_to,
    at: utc(row.at),
  };
}

export function gateShape(gate: Gate): z.infer<typeof answer.gateAnswer> {
  return {
    origin: gate.origin,
    channel: gate.channel,
    approvals: gate.approvals,
    approvers: { accounts: [...gate.accounts], roles: [...gate.roles] },
    own: gate.own,
    expires_after_hours: gate.expiresAfterHours,
    updated_at: utc(gate.updatedAt),
    updated_by: gate.updatedBy,
  };
}

/** A request as one caller sees it at a moment. */
export async function requestShape(
  db: Queries,
  row: RequestRow,
  caller: Caller,
  now: Timestamp,
): Promise<z.infer<typeof answer.requestAnswer>> {
  const gate = await findGate(db, row);
  const items = await requestItems(db, row.id);
  const decisions = await decisionsOf(db, row.id);
  // What was counted when it took effect is over; before that, it is what counts at this moment.
  const counting =
    gate === undefined || stateOf(row, now) !== "open"
      ? decisions
      : await countingApprovals(db, gate, row, decisions);
  return {
    id: row.id,
    origin: row.origin,
    from: row.from_channel === "" ? null : row.from_channel,
    to: row.channel,
    idents: [...new Set(items.map(({ ident }) => ident))].slice(0, MAX_SHOWN_IDENTS),
    count: items.length,
    target: row.target === "" ? null : row.target,
    requested_by: row.account_name,
    at: utc(row.created_at),
    comment: row.comment,
    expires_at: utc(row.expires_at),
    state: stateOf(row, now),
    reason: row.reason,
    decided_at: row.decided_at === null ? null : utc(row.decided_at),
    channel_state: row.change_number,
    needed: gate?.approvals ?? null,
    approvals: decisions
      .filter(({ decision }) => decision === "approve")
      .map((each) => ({ ...decisionShape(each), counts: counting.includes(each) })),
    rejections: decisions.filter(({ decision }) => decision === "reject").map(decisionShape),
    may: { ...(await mayDo(db, row, gate, caller, now)) },
  };
}

export function webhookShape(row: Webhook): z.infer<typeof answer.webhookAnswer> {
  return {
    id: row.id,
    origin: row.origin,
    url: row.url,
    events: JSON.parse(row.events) as EventKind[],
    active: row.active === 1,
    created_at: utc(row.created_at),
    updated_at: utc(row.updated_at),
    created_by: row.created_by,
  };
}

export function deliveryShape(row: DeliveryRow): z.infer<typeof answer.deliveryAnswer> {
  return {
    id: row.id,
    event: row.event,
    state: row.state,
    attempts: row.attempts,
    status: row.status,
    error: row.error,
    created_at: utc(row.created_at),
    updated_at: utc(row.updated_at),
    due_at: row.state === "pending" ? utc(row.due_at) : null,
  };
}

function decisionShape({ account_name, at, comment }: Decision) {
  return { account: account_name, at: utc(at), comment };
}
