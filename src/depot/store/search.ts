// Search over the words of origin and name.
import { type SelectQueryBuilder, sql } from "kysely";
import type { Caller } from "../roles.ts";
import { afterPrefix, wordsOf } from "../search-words.ts";
import type { Queries, Writing } from "./database.ts";
import { type IdentRow, identRow, type Page, type Window } from "./packages.ts";
import type { DepotTables, SearchWordTable } from "./schema.ts";
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

/**
 * Origin and name of what matches all terms, the last one as a prefix. The first leads, because a prefix may match much:
 * the others are looked up for what it finds.
 */
export function matchingNames(db: Queries, terms: readonly string[]) {
  const last = terms.at(-1) ?? "";
  const end = afterPrefix(last);
  const whole = terms.slice(0, -1);
  let query = db.selectFrom("search_words as words").select(["words.origin", "words.name"]).distinct();
  const [leading, ...others] = whole;
  if (leading === undefined) {
    query = query.where("words.word", ">=", last);
    return end === undefined ? query : query.where("words.word", "<", end);
  }
  query = query.where("words.word", "=", leading);
  const also = (narrow: (word: AlsoWord) => AlsoWord): void => {
    query = query.where(({ exists, selectFrom }) =>
      exists(
        narrow(
          selectFrom("search_words as others")
            .select("others.word")
            .whereRef("others.origin", "=", "words.origin")
            .whereRef("others.name", "=", "words.name"),
        ),
      ),
    );
  };
  for (const term of others) also((word) => word.where("others.word", "=", term));
  also((word) => {
    const from = word.where("others.word", ">=", last);
    return end === undefined ? from : from.where("others.word", "<", end);
  });
  return query;
}

type AlsoWord = SelectQueryBuilder<DepotTables & { others: SearchWordTable }, "others", { word: string }>;

/** Releases that match, by ident. */
export async function searchReleases(
  db: Queries,
  terms: readonly string[],
  caller: Caller | undefined,
  window: Window,
): Promise<Page<IdentRow>> {
  const found = db
    .selectFrom(matchingNames(db, terms).as("matching"))
    .innerJoin("packages", (join) =>
      join.onRef("packages.origin", "=", "matching.origin").onRef("packages.name", "=", "matching.name"),
    )
    .where(isVisible(caller))
    .select("packages.ident")
    .distinct();
  const all = db.selectFrom(found.as("found"));
  const rows = await within(all.select(["found.ident", counted]).orderBy("found.ident"), window).execute();
  return await pageOf(
    rows,
    window,
    () => all.select(counting).executeTakeFirstOrThrow(),
    ({ ident }) => identRow(ident),
  );
}

/** Names that match, by name, then origin. */
export async function searchNames(
  db: Queries,
  terms: readonly string[],
  caller: Caller | undefined,
  window: Window,
): Promise<Page<{ origin: string; name: string }>> {
  const all = db
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
  const ordered = all
    .select(["matching.origin", "matching.name", counted])
    .orderBy("matching.name")
    .orderBy("matching.origin");
  const rows = await within(ordered, window).execute();
  return await pageOf(
    rows,
    window,
    () => all.select(counting).executeTakeFirstOrThrow(),
    ({ origin, name }) => ({ origin, name }),
  );
}

/** How many there are in all, beside each: a word that many packages have is then looked for once, not twice. */
const counted = sql<number | string>`count(*) over ()`.as("total");

const counting = sql<number | string>`count(*)`.as("count");

function within<Tables, Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  { offset, limit }: Window,
): SelectQueryBuilder<Tables, Table, Row> {
  return limit === undefined ? query : query.limit(limit).offset(offset);
}

async function pageOf<Row extends { readonly total: number | string }, Item>(
  rows: readonly Row[],
  { offset }: Window,
  count: () => Promise<{ readonly count: number | string }>,
  itemOf: (row: Row) => Item,
): Promise<Page<Item>> {
  const [first] = rows;
  // Beyond the end no row is left to say how many there are.
  const isBeyond = first === undefined && offset > 0;
  return { total: Number(isBeyond ? (await count()).count : (first?.total ?? 0)), items: rows.map(itemOf) };
}
