// Brings a database to the newest shape, forward only. Several processes may try at the same time, and processes of an
// older and a newer hab may run on one database: each step says the oldest step whose programs can go on beside it.
import { type Kysely, type Migration, Migrator, type MigratorProps, SqliteAdapter, sql } from "kysely";
import { describeError, HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";

const MIGRATIONS_TABLE = "depot_migrations";

/** One step. */
export interface DepotMigration extends Migration {
  /**
   * The oldest step whose programs still work after this one: for steps that only add (tables, indexes, columns with a
   * default). Left out, programs that do not know this step refuse the database.
   */
  readonly worksWith?: string;
}

export type DepotMigrations = Readonly<Record<string, DepotMigration>>;

/** Where a step's `worksWith` is kept for programs that do not know the step. */
const FACT_PREFIX = "schema ";

/** Steps that the database has had, in order. Empty when it is new. */
export async function executedMigrations(db: Kysely<never>): Promise<string[]> {
  if (!(await hasMigrationsTable(db))) return [];
  const { rows } = await sql<{ name: string }>`select name from depot_migrations order by name`.execute(db);
  return rows.map((row) => row.name);
}

/** Asked for by name: a list of all tables of a server with many depots would take a second at every start. */
async function hasMigrationsTable(db: Kysely<never>): Promise<boolean> {
  const schema = await schemaOf(db);
  const question =
    schema === undefined
      ? sql`select 1 from sqlite_master where type = 'table' and name = ${MIGRATIONS_TABLE}`
      : sql`select 1 from pg_catalog.pg_class join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
          where nspname = ${schema} and relname = ${MIGRATIONS_TABLE}`;
  return (await question.execute(db)).rows.length > 0;
}

/** The schema our tables are in: a server may have other depots in others. SQLite has none. */
async function schemaOf(db: Kysely<never>): Promise<string | undefined> {
  if (db.getExecutor().adapter instanceof SqliteAdapter) return undefined;
  const { rows } = await sql<{ schema: string | null }>`select current_schema() as schema`.execute(db);
  return rows[0]?.schema ?? "public";
}

/**
 * Executes the steps that are missing, up to `until` if given. `what` names the database in errors. Throws HabError
 * `databaseTooNew` when a newer hab has changed it in a way that we cannot work with, else `databaseFailed`.
 */
export async function migrate<Tables>(
  db: Kysely<Tables>,
  what: string,
  migrations: DepotMigrations,
  until?: string,
): Promise<void> {
  const untyped = db as unknown as Kysely<never>;
  const executed = await executedMigrations(untyped);
  const foreign = executed.filter((name) => migrations[name] === undefined);
  if (foreign.length > 0) {
    await refuseUnlessTolerated(untyped, what, foreign, Object.keys(migrations).sort().at(-1) ?? "");
    return;
  }
  if (Object.keys(migrations).every((name) => executed.includes(name))) return;
  const schema = await schemaOf(untyped);
  const properties: MigratorProps = {
    db: untyped,
    ...(schema !== undefined && { migrationTableSchema: schema }),
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: MIGRATIONS_TABLE,
    migrationLockTableName: "depot_migrations_lock",
  };
  const migrator = new Migrator(properties);
  const { error } = until === undefined ? await migrator.migrateToLatest() : await migrator.migrateTo(until);
  if (error === undefined) {
    await recordTolerance(untyped, migrations);
    return;
  }
  if (error instanceof Error && /previously executed migration .* is missing/.test(error.message))
    throw new HabError(depotErrors.databaseTooNew, `${what} was written by a newer version of hab`, {
      cause: error,
    });
  throw new HabError(depotErrors.databaseFailed, `cannot prepare the database ${what}`, { cause: error });
}

async function refuseUnlessTolerated(
  db: Kysely<never>,
  what: string,
  foreign: readonly string[],
  ownNewest: string,
): Promise<void> {
  const facts = await schemaFacts(db);
  const breaking = foreign.filter((name) => {
    const oldest = facts.get(name);
    return oldest === undefined || ownNewest < oldest;
  });
  if (breaking.length === 0) return;
  throw new HabError(
    depotErrors.databaseTooNew,
    `${what} was written by a newer version of hab (${breaking.join(", ")})`,
  );
}

async function schemaFacts(db: Kysely<never>): Promise<Map<string, string>> {
  try {
    const { rows } = await sql<{
      name: string;
      value: string;
    }>`select name, value from depot_facts where name like ${`${FACT_PREFIX}%`}`.execute(db);
    return new Map(rows.map((row) => [row.name.slice(FACT_PREFIX.length), row.value]));
  } catch (error) {
    // The table came with a later step than the first.
    if (/no such table|does not exist/.test(describeError(error))) return new Map();
    throw error;
  }
}

async function recordTolerance(db: Kysely<never>, migrations: DepotMigrations): Promise<void> {
  const executed = new Set(await executedMigrations(db));
  for (const [name, { worksWith }] of Object.entries(migrations)) {
    if (worksWith === undefined || !executed.has(name)) continue;
    await sql`insert into depot_facts (name, value) values (${`${FACT_PREFIX}${name}`}, ${worksWith})
      on conflict (name) do nothing`.execute(db);
  }
}
