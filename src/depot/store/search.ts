// Search over the words of origin and name.
import { sql } from "kysely";
import { afterPrefix, wordsOf } from "../search-words.ts";
import type { Queries, Writing } from "./database.ts";
import type { IdentRow, Page, Window } from "./packages.ts";

/** Makes a package findable; again for the same name changes nothing. */
export async function indexPackageName({ db }: Writing, origin: string, name: string): Promise<void> {
  for (const word of new Set([...wordsOf(origin), ...wordsOf(name)])) {
    await db
      .insertInto("search_words")
      .values({ word, origin, name })
      .onConflict((conflict) => conflict.columns(["word", "origin", "name"]).doNothing())
      .execute();
  }
}

/** Packages that match all terms, the last one as a prefix, and that `accountId` (or everyone) may see. */
function found(db: Queries, terms: readonly string[], accountId: string | undefined) {
  let query = db.selectFrom("packages");
  terms.forEach((term, index) => {
    query = query.where(({ exists, selectFrom }) => {
      let words = selectFrom("search_words")
        .select("search_words.word")
        .whereRef("search_words.origin", "=", "packages.origin")
        .whereRef("search_words.name", "=", "packages.name");
      if (index < terms.length - 1) words = words.where("search_words.word", "=", term);
      else {
        const end = afterPrefix(term);
        words = words.where("search_words.word", ">=", term);
        if (end !== undefined) words = words.where("search_words.word", "<", end);
      }
      return exists(words);
    });
  });
  return query.where(({ or, eb, exists, selectFrom }) => {
    const everyone = eb("packages.visibility", "=", "public");
    if (accountId === undefined) return everyone;
    return or([
      everyone,
      exists(
        selectFrom("origin_members")
          .select("origin_members.account_id")
          .whereRef("origin_members.origin", "=", "packages.origin")
          .where("origin_members.account_id", "=", accountId),
      ),
    ]);
  });
}

/** Releases that match, by ident. */
export async function searchReleases(
  db: Queries,
  terms: readonly string[],
  accountId: string | undefined,
  window: Window,
): Promise<Page<IdentRow>> {
  const base = found(db, terms, accountId);
  const { count } = await base
    .select(({ fn }) => fn.count<number | string>("packages.ident").distinct().as("count"))
    .executeTakeFirstOrThrow();
  const items = await base
    .select(["packages.ident", "packages.origin", "packages.name", "packages.version", "packages.release"])
    .distinct()
    .orderBy("packages.ident")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}

/** Names that match, by name, then origin. */
export async function searchNames(
  db: Queries,
  terms: readonly string[],
  accountId: string | undefined,
  window: Window,
): Promise<Page<{ origin: string; name: string }>> {
  const names = found(db, terms, accountId).select(["packages.origin", "packages.name"]).distinct();
  const { count } = await db
    .selectFrom(names.as("names"))
    .select(sql<number | string>`count(*)`.as("count"))
    .executeTakeFirstOrThrow();
  const items = await names
    .orderBy("packages.name")
    .orderBy("packages.origin")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}
