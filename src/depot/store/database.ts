// The depot's database: opened, brought to the newest shape, with one way to read and one to write.
import { Kysely, Migrator, type Transaction } from "kysely";
import { HabError } from "../../error/index.ts";
import { lockFileWhenFree } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";
import { depotMigrations } from "./migrations.ts";
import { RowIds } from "./row-ids.ts";
import type { DepotTables, Timestamp } from "./schema.ts";
import { openSqlite } from "./sqlite.ts";

/** What a query function needs: the database outside or inside a transaction. */
export type Queries = Kysely<DepotTables>;

/** What a writing function needs: the transaction, with the ids and the time of what it creates. */
export interface Writing {
  readonly db: Transaction<DepotTables>;
  /** The time of this transaction, for every row it writes. */
  readonly at: Timestamp;
  newId(): string;
}

export interface DepotDatabase {
  /** For reading outside a transaction. */
  readonly db: Queries;
  /** Runs `work` in one transaction: all of it is durable when the promise resolves, none of it when it rejects. */
  write<Result>(work: (writing: Writing) => Promise<Result>): Promise<Result>;
  /** Changes whenever anything was committed, by us or by another process. */
  version(): string;
  close(): Promise<void>;
}

/** `YYYY-MM-DDTHH:MM:SS.mmm`, UTC. */
export function timestampOf(milliseconds: number): Timestamp {
  return new Date(milliseconds).toISOString().slice(0, -1);
}

/**
 * Opens the SQLite database at `path`, creating or migrating it. `now` (milliseconds since 1970) dates the rows.
 * Throws HabError `databaseFailed`, or `databaseTooNew` when a newer hab has migrated it.
 */
export async function openDatabase(path: string, now: () => number = Date.now): Promise<DepotDatabase> {
  const connections = openSqlite(path);
  const reading = new Kysely<DepotTables>({ dialect: connections.reading });
  const writing = new Kysely<DepotTables>({ dialect: connections.writing });
  try {
    // Two processes that meet a new database must not both create its tables, which Kysely leaves to us for SQLite.
    const lock = await lockFileWhenFree(`${path}-migration`, { exclusive: true });
    try {
      await migrate(writing, path);
    } finally {
      lock.release();
    }
  } catch (error) {
    connections.close();
    throw error;
  }
  const ids = new RowIds(now);
  let commits = 0;
  return {
    db: reading,
    async write(work) {
      const result = await writing
        .transaction()
        .execute((transaction) => work({ db: transaction, at: timestampOf(now()), newId: () => ids.next() }));
      commits++;
      return result;
    },
    version: () => `${commits}.${connections.foreignCommits()}`,
    async close() {
      await reading.destroy();
      await writing.destroy();
      connections.close();
    },
  };
}

async function migrate(db: Kysely<DepotTables>, path: string): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...depotMigrations }) },
    migrationTableName: "depot_migrations",
    migrationLockTableName: "depot_migrations_lock",
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && /previously executed migration .* is missing/.test(error.message)) {
    throw new HabError(depotErrors.databaseTooNew, `${path} was written by a newer version of hab`, {
      cause: error,
    });
  }
  throw new HabError(depotErrors.databaseFailed, `cannot prepare the database ${path}`, { cause: error });
}

/** Whether an error says that a unique constraint was violated (SQLite here; PostgreSQL has SQLSTATE 23505). */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY";
}
