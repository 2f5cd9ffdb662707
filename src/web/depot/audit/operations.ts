// Operations of the audit in words.
import type { AuditEntry } from "../api/people.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "account-create": "Account made:",
  "account-change": "Account changed:",
  "account-disable": "Account switched off:",
  "account-enable": "Account switched on:",
  "password-set": "Password set:",
  "password-remove": "Password removed:",
  "identity-link": "Service linked:",
  "identity-unlink": "Service unlinked:",
  "sign-in": "Signed in:",
  "sign-out": "Signed out:",
  "device-approve": "Terminal let in:",
  "device-refuse": "Terminal refused:",
  "token-create": "Access token made:",
  "token-revoke": "Access token revoked:",
  "origin-create": "Origin created:",
  "origin-change": "Origin changed:",
  "origin-delete": "Origin deleted:",
  "origin-transfer": "Origin handed to",
  "member-add": "Member came:",
  "member-remove": "Member removed:",
  "member-role": "Role changed:",
  "invitation-send": "Invited:",
  "invitation-ignore": "Invitation ignored:",
  "invitation-rescind": "Invitation taken back:",
  "key-upload": "Key uploaded:",
  "key-generate": "Key made:",
  "secret-create": "Secret stored:",
  "secret-delete": "Secret deleted:",
  "integration-change": "Integration set:",
  "integration-delete": "Integration deleted:",
  "settings-create": "Package settings made:",
  "settings-change": "Package settings changed:",
  "settings-delete": "Package settings deleted:",
  "package-upload": "Uploaded",
  "package-visibility": "Visibility changed:",
  "package-delete": "Deleted",
  "channel-create": "Channel created:",
  "channel-delete": "Channel deleted:",
  promote: "Promoted",
  demote: "Removed",
  "channel-promote": "Promoted all of",
  "channel-demote": "Removed all of",
  "set-promote": "Promoted",
  rollback: "Rolled back",
  "gate-set": "Approvals set:",
  "gate-remove": "Approvals no longer needed:",
  "request-create": "Promotion asked for",
  "request-approve": "Request approved",
  "request-reject": "Request rejected",
  "request-withdraw": "Request withdrawn",
  "request-expire": "Request expired",
  "webhook-create": "Webhook made:",
  "webhook-change": "Webhook changed:",
  "webhook-delete": "Webhook deleted:",
  "webhook-deliver": "Webhook delivered again:",
};

/** One these pages do not know is shown by its name. */
export function operationText(operation: string): string {
  return TEXTS[operation] ?? `${operation}:`;
}

/** What the operation was done to, where it says more than the rest of the entry. */
export function subjectText({ operation, subject }: Pick<AuditEntry, "operation" | "subject">): string {
  // Numbers of requests mean nothing to a reader.
  if (operation.startsWith("request-")) return "";
  if (operation === "rollback") return `to state ${subject}`;
  return operation === "set-promote" && subject !== "" ? `from ${subject}` : subject;
}
