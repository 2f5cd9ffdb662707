// Answers about histories, promotions, gates, requests and webhooks, as the client reads them. Only our depots have these
// routes.
import { list, number, optional, record, text, truth, type ValueOf } from "./shape.ts";

const release = record({ ident: text, target: text });

const change = record({
  id: number,
  action: text,
  idents: list(text),
  added: number,
  removed: number,
  account: text,
  source_address: text,
  trigger: text,
  from_channel: optional(text),
  request_id: optional(text),
  back_to: optional(number),
  at: text,
});

const newer = record({ name: text, target: text, here: text, there: text });
const side = record({ channel: text, state: number });

const comparison = record({
  here: side,
  there: side,
  only_here: list(text),
  only_there: list(text),
  newer_here: list(newer),
  newer_there: list(newer),
  same: number,
  complete: truth,
});

const promotedSet = record({
  origin: text,
  from: optional(text),
  to: text,
  state: number,
  promoted: list(release),
  present: number,
});

const rollback = record({
  origin: text,
  channel: text,
  back_to: number,
  state: number,
  added: list(release),
  removed: list(release),
  gone: list(release),
  dry_run: truth,
});

const gate = record({
  origin: text,
  channel: text,
  approvals: number,
  approvers: record({ accounts: list(text), roles: list(text) }),
  own: truth,
  expires_after_hours: number,
  updated_at: text,
  updated_by: text,
});

const request = record({
  id: text,
  origin: text,
  from: optional(text),
  to: text,
  idents: list(text),
  count: number,
  target: optional(text),
  requested_by: text,
  at: text,
  comment: text,
  expires_at: text,
  state: text,
  reason: text,
  decided_at: optional(text),
  channel_state: optional(number),
  needed: optional(number),
  approvals: list(record({ account: text, at: text, comment: text, counts: truth })),
  rejections: list(record({ account: text, at: text, comment: text })),
});

const webhook = record({
  id: text,
  origin: text,
  url: text,
  events: list(text),
  active: truth,
  created_at: text,
  updated_at: text,
  created_by: text,
});

const delivery = record({
  id: text,
  event: text,
  state: text,
  attempts: number,
  status: optional(number),
  error: text,
  created_at: text,
  updated_at: text,
  due_at: optional(text),
});

export const promotionAnswers = {
  changes: record({ total_count: number, data: list(change) }),
  comparison,
  promotedSet,
  asked: record({ request }),
  rollback,
  gate,
  request,
  requests: record({ total_count: number, data: list(request) }),
  webhook,
  webhooks: record({ total_count: number, data: list(webhook) }),
  newWebhook: record({
    id: text,
    origin: text,
    url: text,
    events: list(text),
    active: truth,
    created_at: text,
    updated_at: text,
    created_by: text,
    secret: text,
  }),
  deliveries: record({ total_count: number, data: list(delivery) }),
  deliveryId: record({ id: text }),
} as const;

export type ChannelHistoryEntry = ValueOf<typeof change>;
export type ChannelComparison = ValueOf<typeof comparison>;
export type PromotedSet = ValueOf<typeof promotedSet>;
export type ChannelRollback = ValueOf<typeof rollback>;
export type ChannelGate = ValueOf<typeof gate>;
export type PromotionRequest = ValueOf<typeof request>;
export type Webhook = ValueOf<typeof webhook>;
export type NewWebhook = ValueOf<(typeof promotionAnswers)["newWebhook"]>;
export type WebhookDelivery = ValueOf<typeof delivery>;
