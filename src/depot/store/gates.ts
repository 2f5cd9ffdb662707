// Gates: which channels take promotions only with approvals, how many, and of whom.
import type { Role } from "../roles.ts";
import type { Actor } from "./audit.ts";
import type { ChannelName } from "./channel-changes.ts";
import type { Queries, Writing } from "./database.ts";
import type { ChannelGateTable } from "./schema-promotion.ts";

export interface Gate extends ChannelName {
  /** How many different people must approve. */
  readonly approvals: number;
  /** Members who may, by name. */
  readonly accounts: readonly string[];
  /** Members who may, by role; a higher role may as well. */
  readonly roles: readonly Role[];
  /** Whether who asks may also approve. */
  readonly own: boolean;
  readonly expiresAfterHours: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

export type GateSettings = Omit<Gate, "origin" | "channel" | "updatedAt" | "updatedBy">;

export async function findGate(db: Queries, { origin, channel }: ChannelName): Promise<Gate | undefined> {
  const row = await db
    .selectFrom("channel_gates")
    .selectAll()
    .where("origin", "=", origin)
    .where("channel", "=", channel)
    .executeTakeFirst();
  return row === undefined ? undefined : gateOf(row);
}

function gateOf(row: ChannelGateTable): Gate {
  return {
    origin: row.origin,
    channel: row.channel,
    approvals: row.approvals,
    accounts: JSON.parse(row.accounts) as string[],
    roles: JSON.parse(row.roles) as Role[],
    own: row.own === 1,
    expiresAfterHours: row.expires_after_hours,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

/** Sets or replaces a gate. */
export async function putGate(
  { db, at }: Writing,
  actor: Actor,
  { origin, channel }: ChannelName,
  settings: GateSettings,
): Promise<void> {
  const values = {
    approvals: settings.approvals,
    accounts: JSON.stringify(settings.accounts),
    roles: JSON.stringify(settings.roles),
    own: settings.own ? 1 : 0,
    expires_after_hours: settings.expiresAfterHours,
    updated_at: at,
    updated_by: actor.accountName,
  };
  await db
    .insertInto("channel_gates")
    .values({ origin, channel, ...values })
    .onConflict((conflict) => conflict.columns(["origin", "channel"]).doUpdateSet(values))
    .execute();
}

/** Removes a gate; false when there was none. */
export async function deleteGate({ db }: Writing, { origin, channel }: ChannelName): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("channel_gates")
    .where("origin", "=", origin)
    .where("channel", "=", channel)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
