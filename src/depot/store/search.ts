// Search over the words of origin and name.
import { type SelectQueryBuilder, sql } from "kysely";
import { MAX_FOUND } from "../limits.ts";
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

/** Rows of the term that leads, for packages that match the others too; only the last term is a prefix. */
function matchingWords(db: Queries, terms: readonly string[], leading: number) {
  const last = terms.length - 1;
  let query = db.selectFrom("search_words as words");
  const from = terms[leading] ?? "";
  const end = leading === last ? afterPrefix(from) : undefined;
  query = leading === last ? query.where("words.word", ">=", from) : query.where("words.word", "=", from);
  if (end !== undefined) query = query.where("words.word", "<", end);
  for (const [index, term] of terms.entries()) {
    if (index === leading) continue;
    query = query.where(({ exists, selectFrom }) =>
      exists(
        narrowed(
          selectFrom("search_words as others")
            .select("others.word")
            .whereRef("others.origin", "=", "words.origin")
            .whereRef("others.name", "=", "words.name"),
          term,
          index === last,
        ),
      ),
    );
  }
  return query;
}

function narrowed(words: AlsoWord, term: string, isPrefix: boolean): AlsoWord {
  if (!isPrefix) return words.where("others.word", "=", term);
  const from = words.where("others.word", ">=", term);
  const end = afterPrefix(term);
  return end === undefined ? from : from.where("others.word", "<", end);
}

/** Origin and name of what matches all terms, the last one as a prefix. The first leads, because a prefix may match much. */
export function matchingNames(db: Queries, terms: readonly string[]) {
  return matchingWords(db, terms, 0).select(["words.origin", "words.name"]).distinct();
}

/** Beyond so many words a term is common, and it does not matter how common. */
const COMMON_WORDS = 1000;

/** Which term has the fewest words: the others are looked up for what it finds. */
async function rarestTerm(db: Queries, terms: readonly string[]): Promise<number> {
  if (terms.length === 1) return 0;
  let rarest = 0;
  let fewest = Number.POSITIVE_INFINITY;
  for (const [index, term] of terms.entries()) {
    const words = narrowed(
      db.selectFrom("search_words as others").select("others.word"),
      term,
      index === terms.length - 1,
    );
    const { count } = await db
      .selectFrom(words.limit(COMMON_WORDS).as("some"))
      .select(counting)
      .executeTakeFirstOrThrow();
    if (Number(count) >= fewest) continue;
    fewest = Number(count);
    rarest = index;
  }
  return rarest;
}

/**
 * Origin and name of what matches all terms and may be seen, each once. Of more than can be wanted only so many, the first
 * by their words: a letter that every package has would else cost half a second.
 */
async function visibleNames(db: Queries, terms: readonly string[], caller: Caller | undefined) {
  const some = matchingWords(db, terms, await rarestTerm(db, terms))
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("packages")
          .select("packages.id")
          .whereRef("packages.origin", "=", "words.origin")
          .whereRef("packages.name", "=", "words.name")
          .where(isVisible(caller)),
      ),
    )
    .select(["words.origin", "words.name"])
    .orderBy("words.word")
    .orderBy("words.origin")
    .orderBy("words.name")
    .limit(MAX_FOUND);
  return db.selectFrom(some.as("some")).select(["some.origin", "some.name"]).distinct();
}

type AlsoWord = SelectQueryBuilder<DepotTables & { others: SearchWordTable }, "others", { word: string }>;

/** Releases that match, by ident. */
export async function searchReleases(
  db: Queries,
  terms: readonly string[],
  caller: Caller | undefined,
  window: Window,
): Promise<Page<IdentRow>> {
  const some = db
    .selectFrom((await visibleNames(db, terms, caller)).as("matching"))
    .innerJoin("packages", (join) =>
      join.onRef("packages.origin", "=", "matching.origin").onRef("packages.name", "=", "matching.name"),
    )
    .where(isVisible(caller))
    .select("packages.ident")
    .limit(MAX_FOUND);
  const found = db.selectFrom(some.as("some")).select("some.ident").distinct();
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
  const all = db.selectFrom((await visibleNames(db, terms, caller)).as("matching"));
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
