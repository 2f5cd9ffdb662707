// Tables of channel histories, gates, requests for promotions, events and webhooks as types; the rules of schema.ts hold
// here too.
import type { RowId, Timestamp } from "./schema.ts";

/** What changed a channel. `begin` stands for everything before histories were kept. */
export const CHANNEL_ACTIONS = [
  "begin",
  "create",
  "delete",
  "upload",
  "promote",
  "demote",
  "channel-promote",
  "channel-demote",
  "set-promote",
  "rollback",
  "import",
  "package-delete",
] as const;
export type ChannelAction = (typeof CHANNEL_ACTIONS)[number];

/** One change of one channel, which made its next state. */
export interface ChannelChangeTable {
  id: RowId;
  origin: string;
  channel: string;
  /** Numbers the states of a channel: 1, 2, 3 … in the order of their commits, also over its deletion. */
  number: number;
  action: ChannelAction;
  /** The other channel of `channel-promote`, `channel-demote` and `set-promote`; else empty. */
  from_channel: string;
  /** The request that led to it, or null. */
  request_id: RowId | null;
  /** For a rollback: the state it went back to. */
  back_to: number | null;
  added: number;
  removed: number;
  at: Timestamp;
  account_id: RowId;
  account_name: string;
  trigger: string;
  address: string;
}

/** A release that came into a channel or left it with a change. The package itself may be gone since. */
export interface ChannelChangeItemTable {
  change_id: RowId;
  package_id: RowId;
  ident: string;
  target: string;
  /** 1: it came; 0: it left. */
  added: number;
}

/** A channel that takes promotions only with approvals. */
export interface ChannelGateTable {
  origin: string;
  channel: string;
  approvals: number;
  /** JSON list of account names. */
  accounts: string;
  /** JSON list of roles; a higher role counts as well. */
  roles: string;
  /** 1: who asks may also approve. */
  own: number;
  expires_after_hours: number;
  updated_at: Timestamp;
  updated_by: string;
}

/** As kept; what is open and past its end is expired before anybody has written so. */
export type RequestState = "open" | "approved" | "rejected" | "withdrawn" | "expired" | "failed";

export interface PromotionRequestTable {
  id: RowId;
  origin: string;
  channel: string;
  from_channel: string;
  /** Empty for all targets. */
  target: string;
  state: RequestState;
  /** Why it ended, where that is not a person's decision. */
  reason: string;
  comment: string;
  account_id: RowId;
  account_name: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  decided_at: Timestamp | null;
  /** State of the channel that its promotion made. */
  change_number: number | null;
}

export interface PromotionRequestItemTable {
  request_id: RowId;
  package_id: RowId;
  ident: string;
  target: string;
  checksum: string;
}

export interface PromotionDecisionTable {
  request_id: RowId;
  account_id: RowId;
  account_name: string;
  decision: "approve" | "reject";
  comment: string;
  at: Timestamp;
}

export const EVENT_KINDS = ["upload", "promotion", "demotion", "request", "decision", "rollback"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What happened, for who listens. Kept for some days. */
export interface DepotEventTable {
  /** Rises with each commit, over all processes. */
  seq: number;
  kind: EventKind;
  origin: string;
  channel: string;
  at: Timestamp;
  /** JSON object: what members of the origin may know. */
  data: string;
}

export interface WebhookTable {
  id: RowId;
  origin: string;
  url: string;
  /** JSON list of event kinds. */
  events: string;
  /** Sealed with the depot's own key. */
  secret: string;
  /** 1 or 0. */
  active: number;
  created_at: Timestamp;
  updated_at: Timestamp;
  created_by: string;
}

export type DeliveryState = "pending" | "delivered" | "failed" | "dropped";

/** The outbox: written with what it tells of, taken by whichever process is first. */
export interface WebhookDeliveryTable {
  id: RowId;
  webhook_id: RowId;
  event: string;
  payload: string;
  state: DeliveryState;
  attempts: number;
  /** When it is due, while pending. */
  due_at: Timestamp;
  /** Until then a process is at it. */
  leased_until: Timestamp;
  status: number | null;
  error: string;
  created_at: Timestamp;
  updated_at: Timestamp;
}
