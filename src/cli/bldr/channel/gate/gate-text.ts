// A gate in one sentence.
import type { ChannelGate } from "../../../../depot-client/index.ts";

export function gateText({ channel, approvals, approvers, own, expires_after_hours }: ChannelGate): string {
  const people = [...approvers.accounts, ...approvers.roles.map((role) => `anybody from ${role}`)].join(", ");
  const self = own ? "who asks counts too" : "not of who asks";
  return `Promotions to ${channel} need ${approvals} of: ${people} (${self}); requests expire after ${expires_after_hours} h.`;
}
