// Who may approve what goes through a gate. Asked anew for each decision: whoever has left the origin, or has a lower role
// by then, counts no more.
import { Refusal } from "../answers.ts";
import { memberRole, type Role, roleReaches } from "../roles.ts";
import { accountNamed } from "../store/accounts.ts";
import type { ChannelName } from "../store/channel-changes.ts";
import type { Queries } from "../store/database.ts";
import { findGate, type Gate, type GateSettings } from "../store/gates.ts";
import type { RowId } from "../store/schema.ts";

/** Whether an account, in its role in the gate's origin, is among the gate's approvers. */
export function isApprover(gate: GateSettings, name: string, role: Role | undefined): boolean {
  if (role === undefined) return false;
  return gate.accounts.includes(name) || gate.roles.some((needed) => roleReaches(role, needed));
}

/** The same for an account whose role is looked up. */
export async function isApproverNow(
  db: Queries,
  gate: Gate,
  account: { readonly id: RowId; readonly name: string },
): Promise<boolean> {
  return isApprover(gate, account.name, await memberRole(db, gate.origin, account.id));
}

/** Refuses with 403 to promote past a gate; the text says what to do instead. */
export async function refuseGated(db: Queries, name: ChannelName): Promise<void> {
  const gate = await findGate(db, name);
  if (gate !== undefined) throw gated(gate);
}

/**
 * 403, and not 401 as for other refusals of promotions: clients of the original show the text of the one, and say of the
 * other that the token is wrong.
 */
function gated({ origin, channel, approvals }: Gate): Refusal {
  const people = approvals === 1 ? "an approval" : `${approvals} approvals`;
  return new Refusal(
    403,
    `The channel ${channel} of ${origin} takes promotions only with ${people}: ask for them with ` +
      `hab bldr channel promote SOURCE ${channel} -o ${origin} --request, or POST ` +
      `/v1/depot/channels/${origin}/promotions`,
  );
}

/** Refuses with 422 a gate that nobody could pass. */
export async function refuseImpassable(db: Queries, origin: string, settings: GateSettings): Promise<void> {
  const strangers: string[] = [];
  for (const name of settings.accounts) {
    const account = await accountNamed(db, name);
    if (account === undefined || (await memberRole(db, origin, account.id)) === undefined)
      strangers.push(name);
  }
  if (strangers.length > 0) throw new Refusal(422, `Not a member of ${origin}: ${strangers.join(", ")}`);
  const members = await db
    .selectFrom("origin_members")
    .innerJoin("accounts", "accounts.id", "origin_members.account_id")
    .select(["accounts.name", "origin_members.member_role as role"])
    .where("origin_members.origin", "=", origin)
    .execute();
  const able = members.filter(({ name, role }) => isApprover(settings, name, role as Role)).length;
  if (able < settings.approvals)
    throw new Refusal(
      422,
      `${settings.approvals} approvals are asked for, but only ${able} members of ${origin} may give one`,
    );
}
