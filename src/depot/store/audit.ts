// The audit: one row for every write, in the same transaction as what it tells of.
import type { Writing } from "./database.ts";

/** Who did it and from where. */
export interface Actor {
  readonly accountId: string;
  readonly accountName: string;
  readonly trigger: string;
  readonly address: string;
}

export interface AuditEntry {
  readonly operation:
    | "account-create"
    | "account-change"
    | "account-disable"
    | "account-enable"
    | "password-set"
    | "password-remove"
    | "identity-link"
    | "identity-unlink"
    | "sign-in"
    | "sign-out"
    | "device-approve"
    | "device-refuse"
    | "token-create"
    | "token-revoke"
    | "origin-create"
    | "origin-change"
    | "origin-delete"
    | "origin-transfer"
    | "member-add"
    | "member-remove"
    | "member-role"
    | "invitation-send"
    | "invitation-ignore"
    | "invitation-rescind"
    | "key-upload"
    | "key-generate"
    | "secret-create"
    | "secret-delete"
    | "integration-change"
    | "integration-delete"
    | "settings-create"
    | "settings-change"
    | "settings-delete"
    | "package-upload"
    | "package-visibility"
    | "package-delete"
    | "channel-create"
    | "channel-delete"
    | "promote"
    | "demote"
    | "channel-promote"
    | "channel-demote"
    | "set-promote"
    | "rollback"
    | "gate-set"
    | "gate-remove"
    | "request-create"
    | "request-approve"
    | "request-reject"
    | "request-withdraw"
    | "request-expire"
    | "webhook-create"
    | "webhook-change"
    | "webhook-delete"
    | "webhook-deliver";
  readonly subject: string;
  readonly origin?: string;
  readonly channel?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export async function recordAudit(
  { db, at, newId }: Writing,
  actor: Actor,
  entry: AuditEntry,
): Promise<void> {
  await db
    .insertInto("audit")
    .values({
      id: newId(),
      at,
      account_id: actor.accountId,
      account_name: actor.accountName,
      origin: entry.origin ?? "",
      operation: entry.operation,
      subject: entry.subject,
      channel: entry.channel ?? "",
      details: JSON.stringify(entry.details ?? {}),
      trigger: actor.trigger,
      address: actor.address,
    })
    .execute();
}
