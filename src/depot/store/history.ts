// Reading the audit: promotions and demotions as everyone may see them, and everything that was done in one origin as
// its members see it (reference/depot-api.md §9).
import { sql } from "kysely";
import type { Caller } from "../roles.ts";
import type { Queries } from "./database.ts";
import type { Page, Window } from "./packages.ts";
import type { AuditTable, Timestamp } from "./schema.ts";
import { matchingNames } from "./search.ts";
import { isMember, isVisible } from "./visibility.ts";

export interface EventFilter {
  /** From this moment on. */
  readonly from: Timestamp;
  /** Before this moment. */
  readonly until: Timestamp;
  readonly channel: string | undefined;
  /** Search terms for origin and name; none means all. */
  readonly terms: readonly string[];
}

export type EventRow = Pick<AuditTable, "operation" | "at" | "origin" | "channel" | "subject">;

/**
 * Single promotions and demotions, newest first. Everyone sees those of packages they may see; a caller also what they
 * did themselves, even with packages that are gone.
 */
export async function listEvents(
  db: Queries,
  filter: EventFilter,
  caller: Caller | undefined,
  window: Window,
): Promise<Page<EventRow>> {
  let base = db
    .selectFrom("audit")
    .where("audit.operation", "in", ["promote", "demote"])
    .where("audit.at", ">=", filter.from)
    .where("audit.at", "<", filter.until)
    .where((where) => {
      const visible = where.exists(
        where
          .selectFrom("packages")
          .select("packages.id")
          .whereRef("packages.ident", "=", "audit.subject")
          .where(isVisible(caller)),
      );
      if (caller === undefined) return visible;
      const own = where("audit.account_id", "=", caller.id);
      // What a limited token sees of its account's doings ends where its origins do.
      return where.or([
        visible,
        caller.origins === undefined ? own : where.and([own, isMember(caller, "audit.origin")]),
      ]);
    });
  if (filter.channel !== undefined) base = base.where("audit.channel", "=", filter.channel);
  if (filter.terms.length > 0) {
    base = base.where((where) =>
      where.exists(
        where
          .selectFrom(matchingNames(db, filter.terms).as("matching"))
          .select("matching.name")
          .whereRef("matching.origin", "=", "audit.origin")
          .where(
            sql<boolean>`substr(audit.subject, 1, length(matching.origin) + length(matching.name) + 2) = matching.origin || '/' || matching.name || '/'`,
          ),
      ),
    );
  }
  const { count } = await base
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  const items = await base
    .select(["audit.operation", "audit.at", "audit.origin", "audit.channel", "audit.subject"])
    .orderBy("audit.at", "desc")
    .orderBy("audit.id", "desc")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}

/** Everything done in an origin since `since`, newest first. */
export async function listAudit(
  db: Queries,
  origin: string,
  since: Timestamp,
  window: Window,
): Promise<Page<AuditTable>> {
  // An origin of the same name may have been here before, of other people.
  const base = db.selectFrom("audit").where("origin", "=", origin).where("at", ">=", since);
  const { count } = await base
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  const items = await base
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}
