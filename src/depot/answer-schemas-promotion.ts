// What the routes about histories, promotions, gates, requests and webhooks answer, as zod schemas; the rules of
// answer-schemas.ts hold here too, except that times say that they are UTC, and states of channels are numbers.
import { z } from "zod";
import { ROLES } from "./roles.ts";
import { CHANNEL_ACTIONS, EVENT_KINDS } from "./store/schema-promotion.ts";

const id = z.string().regex(/^[0-9]{1,20}$/);
const time = z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/);
const text = z.string();
const number = z.number().int();
const idents = z.array(text);

export const releaseAnswer = z.object({ ident: text, target: text });

export const changeAnswer = z.object({
  id: number.describe("The state that the change made: what a rollback may go back to"),
  action: z.enum(CHANNEL_ACTIONS),
  idents: idents.describe("The first of what came and went; all of it by the route of the change"),
  added: number.describe("Releases, each target counted"),
  removed: number,
  account: text,
  source_address: text,
  trigger: text,
  from_channel: text.nullable(),
  request_id: id.nullable(),
  back_to: number.nullable().describe("Of a rollback: the state it went back to"),
  at: time,
});

export const changeItemAnswer = z.object({ ...releaseAnswer.shape, change: z.enum(["added", "removed"]) });

const newer = z.object({ name: text, target: text, here: text, there: text });
const side = z.object({ channel: text, state: number });

export const compareAnswer = z.object({
  here: side,
  there: side,
  only_here: idents,
  only_there: idents,
  newer_here: z.array(newer).describe("Packages whose newest release here is newer than the newest there"),
  newer_there: z.array(newer),
  same: number.describe("Releases that both have"),
  complete: z.boolean().describe("Whether no list was cut short"),
});

export const promotedAnswer = z.object({
  origin: text,
  from: text.nullable(),
  to: text,
  state: number.describe("The state the channel is in now"),
  promoted: z.array(releaseAnswer),
  present: number.describe("Releases of the set that were there already"),
});

export const rollbackAnswer = z.object({
  origin: text,
  channel: text,
  back_to: number,
  state: number.describe("The state the channel is in; of a rollback that was done, the new one"),
  added: z.array(releaseAnswer),
  removed: z.array(releaseAnswer),
  gone: z.array(releaseAnswer).describe("Of that state, but no longer in the depot"),
  dry_run: z.boolean(),
});

export const gateAnswer = z.object({
  origin: text,
  channel: text,
  approvals: number,
  approvers: z.object({ accounts: z.array(text), roles: z.array(z.enum(ROLES)) }),
  own: z.boolean().describe("Whether who asks may also approve"),
  expires_after_hours: number,
  updated_at: time,
  updated_by: text,
});

const decision = z.object({ account: text, at: time, comment: text });

export const requestAnswer = z.object({
  id,
  origin: text,
  from: text.nullable(),
  to: text,
  idents: idents.describe("The first of them; all by the route of the request's packages"),
  count: number.describe("Releases, each target counted"),
  target: text.nullable(),
  requested_by: text,
  at: time,
  comment: text,
  expires_at: time,
  state: z.enum(["open", "approved", "rejected", "withdrawn", "expired", "failed"]),
  reason: text.describe("Why it ended, in words"),
  decided_at: time.nullable(),
  channel_state: number.nullable().describe("The state of the channel that its promotion made"),
  needed: number.nullable().describe("Approvals; null where the channel has no gate any more"),
  approvals: z.array(z.object({ ...decision.shape, counts: z.boolean() })),
  rejections: z.array(decision),
  may: z.object({ approve: z.boolean(), reject: z.boolean(), withdraw: z.boolean() }),
});

export const askedAnswer = z.object({ request: requestAnswer });

export const requestedPackageAnswer = z.object({ ...releaseAnswer.shape, checksum: text });

export const webhookAnswer = z.object({
  id,
  origin: text,
  url: text,
  events: z.array(z.enum(EVENT_KINDS)),
  active: z.boolean(),
  created_at: time,
  updated_at: time,
  created_by: text,
});

export const newWebhookAnswer = z.object({
  ...webhookAnswer.shape,
  secret: text.describe("Shown only here"),
});

export const deliveryAnswer = z.object({
  id,
  event: text,
  state: z.enum(["pending", "delivered", "failed", "dropped"]),
  attempts: number,
  status: number.nullable().describe("Of the last answer"),
  error: text,
  created_at: time,
  updated_at: time,
  due_at: time.nullable().describe("When it is tried next"),
});
