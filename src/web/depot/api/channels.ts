// Answers of the API about channels: what became of them, what sets them apart, and what waits at their gates.
import type { Role } from "./people.ts";

/** What a channel was changed by. */
export type ChangeAction =
  | "begin"
  | "create"
  | "delete"
  | "upload"
  | "promote"
  | "demote"
  | "channel-promote"
  | "channel-demote"
  | "set-promote"
  | "rollback"
  | "import"
  | "package-delete";

export interface Change {
  /** The state that the change made. */
  readonly id: number;
  readonly action: ChangeAction;
  /** The first of what came and went. */
  readonly idents: readonly string[];
  readonly added: number;
  readonly removed: number;
  readonly account: string;
  readonly source_address: string;
  readonly trigger: string;
  readonly from_channel: string | null;
  readonly request_id: string | null;
  readonly back_to: number | null;
  readonly at: string;
}

export interface ChangeItem {
  readonly ident: string;
  readonly target: string;
  readonly change: "added" | "removed";
}

export interface NewerRelease {
  readonly name: string;
  readonly target: string;
  readonly here: string;
  readonly there: string;
}

export interface Comparison {
  readonly here: { readonly channel: string; readonly state: number };
  readonly there: { readonly channel: string; readonly state: number };
  readonly only_here: readonly string[];
  readonly only_there: readonly string[];
  readonly newer_here: readonly NewerRelease[];
  readonly newer_there: readonly NewerRelease[];
  readonly same: number;
  /** Whether no list was cut short. */
  readonly complete: boolean;
}

export interface Release {
  readonly ident: string;
  readonly target: string;
}

export interface Rollback {
  readonly back_to: number;
  readonly state: number;
  readonly added: readonly Release[];
  readonly removed: readonly Release[];
  /** Of that state, but no longer in the depot. */
  readonly gone: readonly Release[];
}

export interface Promoted {
  readonly to: string;
  readonly state: number;
  readonly promoted: readonly Release[];
  readonly present: number;
}

export interface Gate {
  readonly channel: string;
  readonly approvals: number;
  readonly approvers: { readonly accounts: readonly string[]; readonly roles: readonly Role[] };
  readonly own: boolean;
  readonly expires_after_hours: number;
  readonly updated_at: string;
  readonly updated_by: string;
}

export const REQUEST_STATES = ["open", "approved", "rejected", "withdrawn", "expired", "failed"] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export interface Decision {
  readonly account: string;
  readonly at: string;
  readonly comment: string;
}

export interface PromotionRequest {
  readonly id: string;
  readonly origin: string;
  readonly from: string | null;
  readonly to: string;
  readonly idents: readonly string[];
  readonly count: number;
  readonly target: string | null;
  readonly requested_by: string;
  readonly at: string;
  readonly comment: string;
  readonly expires_at: string;
  readonly state: RequestState;
  /** Why it ended. */
  readonly reason: string;
  readonly decided_at: string | null;
  readonly channel_state: number | null;
  /** Null where the channel has no gate any more. */
  readonly needed: number | null;
  readonly approvals: readonly (Decision & { readonly counts: boolean })[];
  readonly rejections: readonly Decision[];
  readonly may: { readonly approve: boolean; readonly reject: boolean; readonly withdraw: boolean };
}
