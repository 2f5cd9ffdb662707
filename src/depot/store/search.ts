// Search over the words of origin and name.
import type { Caller } from "../roles.ts";
import { afterPrefix, wordsOf } from "../search-words.ts";
import type { Queries, Writing } from "./database.ts";
import type { IdentRow, Page, Window } from "./packages.ts";
import { isVisible } from "./visibility.ts";

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

/** Origin and name of what matches all terms, the last one as a prefix. It leads: what it finds is looked up elsewhere. */
export function matchingNames(db: Queries, terms: readonly string[]) {
  const last = terms.at(-1) ?? "";
  const end = afterPrefix(last);
  let query = db
    .selectFrom("search_words as words")
    .select(["words.origin", "words.name"])
    .distinct()
    .where("words.word", ">=", last);
  if (end !== undefined) query = query.where("words.word", "<", end);
  for (const term of terms.slice(0, -1)) {
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom("search_words as others")
          .select("others.word")
          .where("others.word", "=", term)
          .whereRef("others.origin", "=", "words.origin")
          .whereRef("others.name", "=", "words.name"),
      ),
    );
  }
  return query;
}

/** Releases that match, by ident. */
export async function searchReleases(
  db: Queries,
  terms: readonly string[],
  caller: Caller | undefined,
  window: Window,
): Promise<Page<IdentRow>> {
  const base = db
    .selectFrom(matchingNames(db, terms).as("matching"))
    .innerJoin("packages", (join) =>
      join.onRef("packages.origin", "=", "matching.origin").onRef("packages.name", "=", "matching.name"),
    )
    .where(isVisible(caller));
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
  caller: Caller | undefined,
  window: Window,
): Promise<Page<{ origin: string; name: string }>> {
  const base = db
    .selectFrom(matchingNames(db, terms).as("matching"))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("packages")
          .select("packages.id")
          .whereRef("packages.origin", "=", "matching.origin")
          .whereRef("packages.name", "=", "matching.name")
          .where(isVisible(caller)),
      ),
    );
  const { count } = await base
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  const items = await base
    .select(["matching.origin", "matching.name"])
    .orderBy("matching.name")
    .orderBy("matching.origin")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}
