// The life of a request for a promotion: made, approved or rejected by people, withdrawn, expired; and what happens with
// the last approval. Each step is one transaction, and no two are at work at once, so a promotion takes effect once.
import { Refusal } from "../answers.ts";
import { type Caller, roleIn, roleReaches } from "../roles.ts";
import { type Actor, type AuditEntry, recordAudit } from "../store/audit.ts";
import { type ChannelName, presentState, stillHere } from "../store/channel-changes.ts";
import { type Queries, timestampOf, type Writing } from "../store/database.ts";
import { recordEvent } from "../store/events.ts";
import { findGate, type Gate } from "../store/gates.ts";
import { findChannel, insertChannel } from "../store/origins.ts";
import {
  type Decision,
  decisionsOf,
  endRequest,
  findRequest,
  insertDecision,
  insertRequest,
  type NewRequest,
  openRequests,
  overdueRequests,
  type RequestRow,
  requestItems,
} from "../store/promotion-requests.ts";
import type { RowId } from "../store/schema.ts";
import { changeChannel } from "./change-channel.ts";
import { isApprover, isApproverNow } from "./gate.ts";

/** Requests of one origin that wait at the same time. */
const MAX_OPEN_REQUESTS = 200;

const MS_PER_HOUR = 3_600_000;

/** A request as it stands at a moment: past its end it is expired, whether that is written down or not. */
export function stateOf(request: RequestRow, now: string): RequestRow["state"] {
  return request.state === "open" && request.expires_at <= now ? "expired" : request.state;
}

/**
 * Asks for a promotion through a gate. The same question by the same account, while it is open, is the same request: a job
 * that is run again asks nobody twice.
 */
export async function makeRequest(
  writing: Writing,
  actor: Actor,
  gate: Gate,
  asked: Omit<NewRequest, "expiresAt" | "origin" | "channel">,
): Promise<RequestRow> {
  const { db, at } = writing;
  const name: ChannelName = { origin: gate.origin, channel: gate.channel };
  const open = await openRequests(db, { origin: gate.origin, now: at });
  const wanted = asked.packages.map(({ id }) => id).sort();
  for (const request of open) {
    if (request.channel !== gate.channel || request.account_id !== actor.accountId) continue;
    if (request.from_channel !== asked.from || request.target !== asked.target) continue;
    const ids = (await requestItems(db, request.id)).map((item) => item.package_id).sort();
    if (ids.length === wanted.length && ids.every((id, index) => id === wanted[index])) return request;
  }
  if (open.length >= MAX_OPEN_REQUESTS)
    throw new Refusal(409, `${MAX_OPEN_REQUESTS} requests of ${gate.origin} are open already`);
  const expiresAt = timestampOf(Date.parse(`${at}Z`) + gate.expiresAfterHours * MS_PER_HOUR);
  const request = await insertRequest(writing, actor, { ...name, ...asked, expiresAt });
  await recordAudit(writing, actor, {
    operation: "request-create",
    subject: request.id,
    origin: gate.origin,
    channel: gate.channel,
    details: { from: asked.from, idents: asked.packages.map(({ ident }) => ident) },
  });
  await recordEvent(writing, actor, {
    ...name,
    kind: "request",
    packages: asked.packages,
    more: {
      request_id: request.id,
      from_channel: asked.from === "" ? null : asked.from,
      needed: gate.approvals,
      expires_at: `${expiresAt}Z`,
      comment: asked.comment,
    },
  });
  return request;
}

/** What a caller may do to a request now. */
export interface May {
  readonly approve: boolean;
  readonly reject: boolean;
  readonly withdraw: boolean;
}

export async function mayDo(
  db: Queries,
  request: RequestRow,
  gate: Gate | undefined,
  caller: Caller,
  now: string,
): Promise<May> {
  const role = await roleIn(db, request.origin, caller);
  const isOpen = stateOf(request, now) === "open" && role !== undefined;
  const isOwn = request.account_id === caller.id;
  const approver = gate !== undefined && isApprover(gate, caller.name, role);
  return {
    approve: isOpen && approver && (!isOwn || gate.own),
    reject: isOpen && approver,
    withdraw: isOpen && (isOwn || roleReaches(role, "administrator")),
  };
}

/** The request of this id, open. Refuses with 404, or 409 when it is not open any more. */
async function openRequest({ db, at }: Writing, origin: string, id: RowId): Promise<RequestRow> {
  const request = await findRequest(db, origin, id);
  if (request === undefined) throw new Refusal(404);
  const state = stateOf(request, at);
  if (state !== "open") throw new Refusal(409, `The request is ${state} already`);
  return request;
}

type Step = "approve" | "reject" | "withdraw" | "expire";

/** Tells audit and listeners of a step in a request's life. */
async function tell(
  writing: Writing,
  actor: Actor,
  request: RequestRow,
  step: Step,
  state: RequestRow["state"],
  comment = "",
): Promise<void> {
  const { origin, channel } = request;
  await recordAudit(writing, actor, {
    operation: `request-${step}` satisfies AuditEntry["operation"],
    subject: request.id,
    origin,
    channel,
    details: { state, ...(comment !== "" && { comment }) },
  });
  const items = await requestItems(writing.db, request.id);
  await recordEvent(writing, actor, {
    origin,
    channel,
    kind: "decision",
    packages: items.map(({ package_id, ident, target }) => ({ id: package_id, ident, target })),
    more: { request_id: request.id, decision: step, state, comment },
  });
}

/** Approvals that count now, of which the gate demands `gate.approvals`. */
export async function countingApprovals(
  db: Queries,
  gate: Gate,
  request: RequestRow,
  decisions: readonly Decision[],
): Promise<Decision[]> {
  const counting: Decision[] = [];
  for (const each of decisions) {
    if (each.decision !== "approve" || (each.account_id === request.account_id && !gate.own)) continue;
    if (await isApproverNow(db, gate, { id: each.account_id, name: each.account_name })) counting.push(each);
  }
  return counting;
}

/** Somebody's word on a request. */
export interface Word {
  readonly caller: Caller;
  readonly actor: Actor;
  readonly origin: string;
  readonly id: RowId;
  readonly comment: string;
}

/**
 * Approves a request; the last approval that is needed promotes what was asked for, or ends the request as failed when that
 * is not possible any more. Who has approved before may do so again, which counts anew who counts.
 */
export async function approve(writing: Writing, word: Word): Promise<void> {
  const { db, at } = writing;
  const { caller, actor, origin, id, comment } = word;
  const request = await openRequest(writing, origin, id);
  const gate = await findGate(db, request);
  const may = await mayDo(db, request, gate, caller, at);
  if (gate === undefined || !may.approve)
    throw new Refusal(
      403,
      request.account_id === caller.id
        ? "Who asks for a promotion cannot approve it"
        : `Not an approver of the channel ${request.channel}`,
    );
  const isNew = await insertDecision(writing, actor, id, "approve", comment);
  const counting = await countingApprovals(db, gate, request, await decisionsOf(db, id));
  if (counting.length < gate.approvals) {
    if (isNew) await tell(writing, actor, request, "approve", "open", comment);
    return;
  }
  const state = await takeEffect(writing, actor, request);
  await tell(writing, actor, request, "approve", state, comment);
}

/** Promotes what was asked for, all of it or nothing; says how the request has ended. */
async function takeEffect(
  writing: Writing,
  actor: Actor,
  request: RequestRow,
): Promise<"approved" | "failed"> {
  const items = await requestItems(writing.db, request.id);
  // A package that was deleted and uploaded again is another one, with another id.
  const here = await stillHere(
    writing.db,
    items.map((item) => item.package_id),
  );
  const gone = items.filter((item) => !here.has(item.package_id));
  if (gone.length > 0) {
    const named = gone.slice(0, 20).map((item) => item.ident);
    const reason = `No longer in the depot: ${named.join(", ")}${gone.length > 20 ? ", …" : ""}`;
    await endRequest(writing, request.id, { state: "failed", reason });
    return "failed";
  }
  const channel =
    (await findChannel(writing.db, request.origin, request.channel)) ??
    (await insertChannel(writing, actor, request.origin, request.channel));
  const packages = items.map(({ package_id, ident, target }) => ({ id: package_id, ident, target }));
  const { state, added } = await changeChannel(writing, actor, channel, {
    action: "set-promote",
    add: packages,
    from: request.from_channel,
    requestId: request.id,
  });
  await recordAudit(writing, actor, {
    operation: "set-promote",
    subject: request.from_channel,
    origin: request.origin,
    channel: request.channel,
    details: { request: request.id, idents: [...new Set(added.map(({ ident }) => ident))] },
  });
  await endRequest(writing, request.id, { state: "approved", changeNumber: state });
  return "approved";
}

/** Ends a request: one rejection is enough, whatever was approved before. */
export async function reject(writing: Writing, word: Word): Promise<void> {
  await endByWord(writing, word, "reject", async ({ channel }, may) => {
    if (!may.reject) throw new Refusal(403, `Not an approver of the channel ${channel}`);
    // Who has approved may think better of it.
    await writing.db
      .deleteFrom("promotion_decisions")
      .where("request_id", "=", word.id)
      .where("account_id", "=", word.caller.id)
      .execute();
    await insertDecision(writing, word.actor, word.id, "reject", word.comment);
  });
}

/** Takes a request back. */
export async function withdraw(writing: Writing, word: Word): Promise<void> {
  await endByWord(writing, word, "withdraw", async (_request, may) => {
    if (!may.withdraw) throw new Refusal(403, "Only who asked, or an administrator, can withdraw a request");
  });
}

const ENDS = { reject: "rejected", withdraw: "withdrawn" } as const;

/** Ends an open request after `allow`, which refuses who may not, and writes down what else there is to. */
async function endByWord(
  writing: Writing,
  { caller, actor, origin, id, comment }: Word,
  step: keyof typeof ENDS,
  allow: (request: RequestRow, may: May) => Promise<void>,
): Promise<void> {
  const { db, at } = writing;
  const request = await openRequest(writing, origin, id);
  await allow(request, await mayDo(db, request, await findGate(db, request), caller, at));
  const state = ENDS[step];
  await endRequest(writing, id, { state, reason: comment });
  await tell(writing, actor, request, step, state, comment);
}

/** A gate is gone: what waited for it can be approved by nobody, and must not take effect by itself. */
export async function withdrawAll(writing: Writing, actor: Actor, name: ChannelName): Promise<void> {
  const reason = "The gate of the channel was removed";
  for (const request of await openRequests(writing.db, { ...name, now: writing.at })) {
    await endRequest(writing, request.id, { state: "withdrawn", reason });
    await tell(writing, actor, request, "withdraw", "withdrawn", reason);
  }
}

/** Writes down which requests have expired; gives how many. */
export async function expireRequests(writing: Writing, actor: Actor, limit: number): Promise<number> {
  const overdue = await overdueRequests(writing.db, writing.at, limit);
  for (const request of overdue) {
    await endRequest(writing, request.id, { state: "expired" });
    await tell(writing, actor, request, "expire", "expired");
  }
  return overdue.length;
}

/** Of a set, what a channel does not hold yet. */
export async function notYetIn<Ref extends { readonly id: RowId }>(
  db: Queries,
  name: ChannelName,
  packages: readonly Ref[],
): Promise<Ref[]> {
  const held = await presentState(db, name);
  return packages.filter(({ id }) => !held.has(id));
}
