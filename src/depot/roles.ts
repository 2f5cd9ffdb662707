// What a member of an origin may do, and who may see what (reference/depot-api.md §4.1, §4.2). Deny by default: a
// role is looked up afresh for each request, and no account stands above the roles.
import { coversOrigin, type TokenScope } from "./scopes.ts";
import type { Account } from "./store/accounts.ts";
import type { Queries } from "./store/database.ts";
import type { RowId, Visibility } from "./store/schema.ts";

/** Roles from the least to the most. */
export const ROLES = ["readonly_member", "member", "maintainer", "administrator", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** An authenticated account, with what the token it came with may do. */
export type Caller = Account & TokenScope;

/** Whether `held` reaches `needed`. No role reaches nothing. */
export function roleReaches(held: Role | undefined, needed: Role): boolean {
  return held !== undefined && ROLES.indexOf(held) >= ROLES.indexOf(needed);
}

/** The role of an account in an origin; undefined for others, and for an origin that does not exist. */
export async function memberRole(db: Queries, origin: string, accountId: RowId): Promise<Role | undefined> {
  const row = await db
    .selectFrom("origin_members")
    .select("member_role")
    .where("origin", "=", origin)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return ROLES.find((role) => role === row?.member_role);
}

/** The role in which a caller acts in an origin: none where their token does not reach. */
export async function roleIn(
  db: Queries,
  origin: string,
  caller: Caller | undefined,
): Promise<Role | undefined> {
  if (caller === undefined || !coversOrigin(caller, origin)) return undefined;
  return await memberRole(db, origin, caller.id);
}

/** What everyone sees. */
export const PUBLIC_ONLY: readonly Visibility[] = ["public"];

/** What members of the origin see. */
export const EVERYTHING: readonly Visibility[] = ["public", "private", "hidden"];

/** The visibilities a caller sees in an origin. */
export async function visibleIn(
  db: Queries,
  origin: string,
  caller: Caller | undefined,
): Promise<readonly Visibility[]> {
  return (await roleIn(db, origin, caller)) === undefined ? PUBLIC_ONLY : EVERYTHING;
}
