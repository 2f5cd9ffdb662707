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

/** How the words of a search are found: one term leads, the others are looked up for each word of its. */
interface Lead {
  /** Which term. */
  readonly index: number;
  /** Whether it has so few words that looking the others up for each is sure to be quick; else the database may do otherwise. */
  readonly isFew: boolean;
}

/** Rows of the term that leads, for packages that match the others too; only the last term is a prefix. */
function matchingWords(db: Queries, terms: readonly string[], { index: leading, isFew }: Lead) {
  const last = terms.length - 1;
  let query = db.selectFrom("search_words as words");
  const from = terms[leading] ?? "";
  const end = leading === last ? afterPrefix(from) : undefined;
  query = leading === last ? query.where("words.word", ">=", from) : query.where("words.word", "=", from);
  if (end !== undefined) query = query.where("words.word", "<", end);
  for (const [index, term] of terms.entries()) {
    if (index === leading) continue;
    query = query.where(({ exists, selectFrom }) => {
      const others = narrowed(
        selectFrom("search_words as others")
          .select("others.word")
          .whereRef("others.origin", "=", "words.origin")
          .whereRef("others.name", "=", "words.name"),
        term,
        index === last,
      );
      // PostgreSQL would read all words of the other term to look them up in memory, also when the first 2,000 are enough. An
      // offset keeps it from that.
      return exists(isFew ? others.limit(1).offset(0) : others);
    });
  }
  return query;
}

function narrowed(words: AlsoWord, term: string, isPrefix: boolean): AlsoWord {
  if (!isPrefix) return words.where("others.word", "=", term);
  const from = words.where("others.word", ">=", term);
  const end = afterPrefix(term);
  return end === undefined ? from : from.where("others.word", "<", end);
}

type AlsoWord = SelectQueryBuilder<DepotTables & { others: SearchWordTable }, "others", { word: string }>;

/** Origin and name of what matches all terms, the last one as a prefix. The first leads, because a prefix may match much. */
export function matchingNames(db: Queries, terms: readonly string[]) {
  return matchingWords(db, terms, { index: 0, isFew: false })
    .select(["words.origin", "words.name"])
    .distinct();
}

/**
 * How far the words of terms are counted: so far first, and further only where none has fewer. Beyond the last the counting costs
 * more than it saves, and the first term leads.
 */
const COUNTED_WORDS = [1000, 6000] as const;
/** So many words are looked up in a few milliseconds. */
const FEW_WORDS = 6000;

/** Lets the term with the fewest words lead. */
async function leadOf(db: Queries, terms: readonly string[]): Promise<Lead> {
  if (terms.length === 1) return { index: 0, isFew: false };
  let rarest = { index: 0, words: Number.POSITIVE_INFINITY };
  for (const most of COUNTED_WORDS) {
    rarest = await rarestTerm(db, terms, most);
    if (rarest.words < most) break;
  }
  return { index: rarest.index, isFew: rarest.words < FEW_WORDS };
}

/** Which term has the fewest words, and how many, counted up to `most`. */
async function rarestTerm(
  db: Queries,
  terms: readonly string[],
  most: number,
): Promise<{ index: number; words: number }> {
  let rarest = { index: 0, words: Number.POSITIVE_INFINITY };
  for (const [index, term] of terms.entries()) {
    const some = narrowed(
      db.selectFrom("search_words as others").select("others.word"),
      term,
      index === terms.length - 1,
    ).limit(Math.min(most, rarest.words));
    const { count } = await db.selectFrom(some.as("some")).select(counting).executeTakeFirstOrThrow();
    if (Number(count) < rarest.words) rarest = { index, words: Number(count) };
  }
  return rarest;
}

/**
 * Of the words that match, how many are looked at for what may be seen: as many as are given, which is enough unless some are
 * private; then ten times as many, then all. Looking at all at once would cost half a second for a letter that every package has.
 */
const LOOKS = [MAX_FOUND, 10 * MAX_FOUND, undefined] as const;

/** Packages of the first words that match; one that matches by several words is there several times. */
function firstWords(db: Queries, terms: readonly string[], lead: Lead, limit: number | undefined) {
  const words = matchingWords(db, terms, lead)
    .select(["words.origin", "words.name"])
    .orderBy("words.word")
    .orderBy("words.origin")
    .orderBy("words.name");
  return limit === undefined ? words : words.limit(limit);
}

/** Releases that match, by ident. */
export async function searchReleases(
  db: Queries,
  terms: readonly string[],
  caller: Caller | undefined,
  window: Window,
): Promise<Page<IdentRow>> {
  const lead = await leadOf(db, terms);
  return await lookFurther(async (limit) => {
    const rows = await db
      .with("matching", () => firstWords(db, terms, lead, limit))
      .with("seen", (withMatching) =>
        withMatching
          .selectFrom("matching")
          .innerJoin("packages", (join) =>
            join
              .onRef("packages.origin", "=", "matching.origin")
              .onRef("packages.name", "=", "matching.name"),
          )
          .where(isVisible(caller))
          .select("packages.ident")
          .limit(MAX_FOUND),
      )
      .with("found", (withSeen) => withSeen.selectFrom("seen").select("seen.ident").distinct())
      .selectFrom(once)
      .leftJoin(
        (join) =>
          within(join.selectFrom("found").select("found.ident").orderBy("found.ident"), window).as("page"),
        (join) => join.onTrue(),
      )
      .select(["page.ident", total, seen, looked])
      .orderBy("page.ident")
      .execute();
    return lookOf(rows, ({ ident }) => (ident === null ? undefined : identRow(ident)));
  });
}

/** Names that match, by name, then origin. */
export async function searchNames(
  db: Queries,
  terms: readonly string[],
  caller: Caller | undefined,
  window: Window,
): Promise<Page<{ origin: string; name: string }>> {
  const lead = await leadOf(db, terms);
  return await lookFurther(async (limit) => {
    const rows = await db
      .with("matching", () => firstWords(db, terms, lead, limit))
      .with("seen", (withMatching) =>
        withMatching
          .selectFrom("matching")
          .where(({ exists, selectFrom }) =>
            exists(
              selectFrom("packages")
                .select("packages.id")
                .whereRef("packages.origin", "=", "matching.origin")
                .whereRef("packages.name", "=", "matching.name")
                .where(isVisible(caller)),
            ),
          )
          .select(["matching.origin", "matching.name"])
          .limit(MAX_FOUND),
      )
      .with("found", (withSeen) =>
        withSeen.selectFrom("seen").select(["seen.origin", "seen.name"]).distinct(),
      )
      .selectFrom(once)
      .leftJoin(
        (join) =>
          within(
            join
              .selectFrom("found")
              .select(["found.origin", "found.name"])
              .orderBy("found.name")
              .orderBy("found.origin"),
            window,
          ).as("page"),
        (join) => join.onTrue(),
      )
      .select(["page.origin", "page.name", total, seen, looked])
      .orderBy("page.name")
      .orderBy("page.origin")
      .execute();
    return lookOf(rows, ({ origin, name }) =>
      origin === null || name === null ? undefined : { origin, name },
    );
  });
}

const counting = sql<number | string>`count(*)`.as("count");

/** A row that is there also when nothing was found, to say how much was looked at. */
const once = sql<{ readonly one: number }>`(select 1 as one)`.as("once");
/** Of all that was found and looked at, beside each row: a word that many packages have is then looked for once, not twice. */
const total = sql<number | string>`(select count(*) from found)`.as("total");
const seen = sql<number | string>`(select count(*) from seen)`.as("seen");
const looked = sql<number | string>`(select count(*) from matching)`.as("looked");

function within<Tables, Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  { offset, limit }: Window,
): SelectQueryBuilder<Tables, Table, Row> {
  return limit === undefined ? query : query.limit(limit).offset(offset);
}

/** A page of what some words gave. */
interface Look<Item> {
  readonly page: Page<Item>;
  /** How many words were looked at, and what they gave, some of it several times. */
  readonly looked: number;
  readonly seen: number;
}

interface Counts {
  readonly total: number | string;
  readonly seen: number | string;
  readonly looked: number | string;
}

function lookOf<Row extends Counts, Item>(
  rows: readonly Row[],
  itemOf: (row: Row) => Item | undefined,
): Look<Item> {
  const { total = 0, seen = 0, looked = 0 } = rows[0] ?? {};
  const items = rows.map(itemOf).filter((item) => item !== undefined);
  return { page: { total: Number(total), items }, seen: Number(seen), looked: Number(looked) };
}

/** Looks at more words until there is as much as can be wanted, or no more words. */
async function lookFurther<Item>(
  look: (limit: number | undefined) => Promise<Look<Item>>,
): Promise<Page<Item>> {
  for (const limit of LOOKS) {
    const { page, seen, looked } = await look(limit);
    if (limit === undefined || looked < limit || seen >= MAX_FOUND) return page;
  }
  return { total: 0, items: [] };
}
