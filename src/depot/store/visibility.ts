// Which packages a caller may see, as a condition of a query over more than one origin (reference/depot-api.md §4.2).
import { type Expression, expressionBuilder, type SqlBool, sql } from "kysely";
import type { Caller } from "../roles.ts";
import type { DepotTables } from "./schema.ts";

/** Whether the caller is a member of the origin that `column` names, and their token reaches it. */
export function isMember(caller: Caller, column: "packages.origin" | "audit.origin"): Expression<SqlBool> {
  const { exists, selectFrom } = expressionBuilder<DepotTables, never>();
  const members = selectFrom("origin_members")
    .select("origin_members.account_id")
    .whereRef("origin_members.origin", "=", sql.ref(column))
    .where("origin_members.account_id", "=", caller.id);
  return exists(
    caller.origins === undefined ? members : members.where("origin_members.origin", "in", caller.origins),
  );
}

/**
 * Whether a row of `packages` may be seen: public, or of an origin the caller belongs to. With `andOriginPublic`, for
 * others only where packages of its origin (a row of `origins`) are public by default.
 */
export function isVisible(caller: Caller | undefined, { andOriginPublic = false } = {}): Expression<SqlBool> {
  const where = expressionBuilder<DepotTables, "packages" | "origins">();
  const everyone = andOriginPublic
    ? where.and([
        where("packages.visibility", "=", "public"),
        where("origins.default_package_visibility", "=", "public"),
      ])
    : where("packages.visibility", "=", "public");
  return caller === undefined ? everyone : where.or([everyone, isMember(caller, "packages.origin")]);
}
