// Whole tables in and out, whatever their columns are: for backups that one kind of database writes and the other reads.
import { type Kysely, sql } from "kysely";
import type { DepotDatabase, Queries } from "./database.ts";

export type AnyRow = Record<string, string | number | null>;

/** Rows read at a time; a row may hold a manifest of many kilobytes. */
const ROWS_A_PAGE = 200;

/** Values of one insert; SQLite takes 32,766. */
const MAX_VALUES = 4000;

/**
 * Kept by the database itself, or of no meaning elsewhere. A restored depot signs everybody out, as some had done so since,
 * and does not tell of old events once more.
 */
const NOT_COPIED =
  /^(depot_migrations|depot_counters$|blob_intents$|upload_pieces$|depot_events$|webhook_deliveries$|sessions$|device_requests$|sign_in_failures$|sqlite_)/;

/** Tables to copy, each after those it refers to. */
export async function tablesInOrder(db: Queries, kind: DepotDatabase["kind"]): Promise<string[]> {
  const names = (await (kind === "sqlite" ? sqliteTables(db) : postgresTables(db))).filter(
    (name) => !NOT_COPIED.test(name),
  );
  const references = kind === "sqlite" ? await sqliteReferences(db, names) : await postgresReferences(db);
  const ordered: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (ordered.includes(name) || path.includes(name) || !names.includes(name)) return;
    for (const { from, to } of references) if (from === name) visit(to, [...path, name]);
    ordered.push(name);
  };
  for (const name of names.sort()) visit(name, []);
  return ordered;
}

interface Reference {
  readonly from: string;
  readonly to: string;
}

async function sqliteTables(db: Queries): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(
    db,
  );
  return rows.map((row) => row.name);
}

async function sqliteReferences(db: Queries, names: readonly string[]): Promise<Reference[]> {
  const found: Reference[] = [];
  for (const from of names) {
    const { rows } = await sql<{
      table: string;
    }>`select "table" from pragma_foreign_key_list(${from})`.execute(db);
    for (const row of rows) found.push({ from, to: row.table });
  }
  return found;
}

async function postgresTables(db: Queries): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`select tablename as name from pg_tables where schemaname = current_schema()`.execute(db);
  return rows.map((row) => row.name);
}

async function postgresReferences(db: Queries): Promise<Reference[]> {
  const { rows } = await sql<{ from: string; to: string }>`
    select own.relname as "from", other.relname as "to" from pg_constraint
    join pg_class own on own.oid = conrelid join pg_class other on other.oid = confrelid
    join pg_namespace spaces on spaces.oid = connamespace
    where contype = 'f' and spaces.nspname = current_schema()`.execute(db);
  return rows;
}

/** All rows of a table, some at a time. Must run inside one transaction. */
export async function* tablePages(
  db: Queries,
  kind: DepotDatabase["kind"],
  table: string,
): AsyncGenerator<AnyRow[]> {
  if (kind === "sqlite") {
    for (let last = -1; ; ) {
      const { rows } = await sql<AnyRow>`select rowid as "rowid_here", * from ${sql.table(table)}
        where rowid > ${last} order by rowid limit ${sql.lit(ROWS_A_PAGE)}`.execute(db);
      if (rows.length === 0) return;
      last = Number(rows.at(-1)?.["rowid_here"]);
      yield rows.map(({ rowid_here: _, ...row }) => row);
    }
  }
  await sql`declare pages no scroll cursor for select * from ${sql.table(table)}`.execute(db);
  for (;;) {
    const { rows } = await sql<AnyRow>`fetch ${sql.lit(ROWS_A_PAGE)} from pages`.execute(db);
    if (rows.length === 0) break;
    yield rows;
  }
  await sql`close pages`.execute(db);
}

/** Inserts rows as they were; those that are there already stay. */
export async function insertRows(db: Queries, table: string, rows: readonly AnyRow[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).length;
  if (columns === 0) return;
  const step = Math.max(1, Math.floor(MAX_VALUES / columns));
  const untyped = db as unknown as Kysely<Record<string, AnyRow>>;
  for (let from = 0; from < rows.length; from += step)
    await untyped
      .insertInto(table)
      .values(rows.slice(from, from + step))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}
