// The depot's database: opened, brought to the newest shape, with one way to read and one to write. SQLite or
// PostgreSQL; nothing outside this folder knows which.
import { Kysely, type Transaction } from "kysely";
import { lockFileWhenFree } from "../../host/index.ts";
import { type DepotMigrations, migrate } from "./migrate.ts";
import { depotMigrations } from "./migrations.ts";
import { ByteOrderedText, isConnectionLost, openPostgres } from "./postgres.ts";
import type { PostgresAddress } from "./postgres-address.ts";
import { RowIds } from "./row-ids.ts";
import type { DepotTables, Timestamp } from "./schema.ts";
import { openSqlite, sqliteSnapshot } from "./sqlite.ts";

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
  readonly kind: "sqlite" | "postgres";
  /** For reading outside a transaction. */
  readonly db: Queries;
  /**
   * Runs `work` in one transaction: all of it is durable when the promise resolves, none of it when it rejects. No
   * other process writes meanwhile, so what `work` has read is still true when it commits.
   */
  write<Result>(work: (writing: Writing) => Promise<Result>): Promise<Result>;
  /** Calls back after each transaction of ours that wrote; gives what ends it. */
  onWrite(listener: () => void): () => void;
  /** Runs `read` on the database as it is at one moment, while others go on writing. */
  snapshot<Result>(read: (db: Queries) => Promise<Result>): Promise<Result>;
  /** Changes whenever anything was committed, by us or by another process, before it was asked. */
  version(): string | Promise<string>;
  close(): Promise<void>;
}

/** A SQLite file, or a server. */
export type DatabaseAddress = string | PostgresAddress;

export interface OpenDatabaseOptions {
  /** Milliseconds since 1970; dates the rows. */
  readonly now?: () => number;
  /** For tests: the shape of an older or newer hab. */
  readonly migrations?: DepotMigrations;
  /** The last step to execute; for restoring what was written at that step. */
  readonly migrateUntil?: string;
}

/** `YYYY-MM-DDTHH:MM:SS.mmm`, UTC. */
export function timestampOf(milliseconds: number): Timestamp {
  return new Date(milliseconds).toISOString().slice(0, -1);
}

/**
 * Opens the database, creating or migrating it. Throws HabError `databaseFailed`, `databaseUnreachable`, or
 * `databaseTooNew` when a newer hab has migrated it.
 */
export async function openDatabase(
  address: DatabaseAddress,
  options: OpenDatabaseOptions = {},
): Promise<DepotDatabase> {
  return typeof address === "string"
    ? await openSqliteDatabase(address, options)
    : await openPostgresDatabase(address, options);
}

async function openSqliteDatabase(path: string, options: OpenDatabaseOptions): Promise<DepotDatabase> {
  const { now = Date.now, migrations = depotMigrations, migrateUntil } = options;
  const connections = openSqlite(path);
  const reading = new Kysely<DepotTables>({ dialect: connections.reading });
  const writing = new Kysely<DepotTables>({ dialect: connections.writing });
  try {
    // Two processes that meet a new database must not both create its tables, which Kysely leaves to us for SQLite.
    const lock = await lockFileWhenFree(`${path}-migration`, { exclusive: true });
    try {
      await migrate(writing, path, migrations, migrateUntil);
    } finally {
      lock.release();
    }
  } catch (error) {
    connections.close();
    throw error;
  }
  const transactions = transactionsOn(writing, now);
  let commits = 0;
  const foreignCommits = oncePerTurn(connections.foreignCommits);
  const writes = new Listeners();
  return {
    kind: "sqlite",
    db: reading,
    async write(work) {
      const result = await transactions(work);
      commits++;
      writes.call();
      return result;
    },
    onWrite: (listener) => writes.add(listener),
    async snapshot(read) {
      const snapshot = sqliteSnapshot(path);
      const db = new Kysely<DepotTables>({ dialect: snapshot.dialect });
      try {
        return await db.transaction().execute(read);
      } finally {
        await db.destroy();
        snapshot.close();
      }
    },
    version: () => `${commits}.${foreignCommits()}`,
    async close() {
      await reading.destroy();
      await writing.destroy();
      connections.close();
    },
  };
}

async function openPostgresDatabase(
  address: PostgresAddress,
  options: OpenDatabaseOptions,
): Promise<DepotDatabase> {
  const { now = Date.now, migrations = depotMigrations, migrateUntil } = options;
  const connections = await openPostgres(address);
  const reading = new Kysely<DepotTables>({ dialect: connections.reading });
  const writing = new Kysely<DepotTables>({ dialect: connections.writing });
  try {
    await migrate(writing.withPlugin(new ByteOrderedText()), address.shown, migrations, migrateUntil);
  } catch (error) {
    await connections.close();
    throw error;
  }
  const transactions = transactionsOn(writing, now);
  const commits = sharedQuestion(async () => {
    const [row] = await connections.ask("select value from depot_counters where name = 'commits'");
    return String(row?.["value"] ?? 0);
  });
  const writes = new Listeners();
  return {
    kind: "postgres",
    db: reading,
    async write(work) {
      const done = await transactions(async (transaction) => {
        const result = await work(transaction);
        // Writers come one after the other, so this counts without conflicts, and readers see it with the rest.
        await countUp(transaction.db, "commits");
        return result;
      });
      writes.call();
      return done;
    },
    onWrite: (listener) => writes.add(listener),
    async snapshot(read) {
      return await connections.snapshot(async (dialect) => {
        const db = new Kysely<DepotTables>({ dialect });
        try {
          return await db.transaction().execute(read);
        } finally {
          await db.destroy();
        }
      });
    },
    version: commits,
    async close() {
      await reading.destroy();
      await writing.destroy();
      await connections.close();
    },
  };
}

/** Who wants to know of our commits. */
class Listeners {
  readonly #all = new Set<() => void>();

  add(listener: () => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  call(): void {
    for (const listener of this.#all) listener();
  }
}

type Transactions = DepotDatabase["write"];

/** Transactions whose ids differ from those of other processes: the database numbers us when we first write. */
function transactionsOn(writing: Kysely<DepotTables>, now: () => number): Transactions {
  let ids: RowIds | undefined;
  return async (work) => {
    let numbered = ids;
    const result = await writing.transaction().execute(async (db) => {
      numbered ??= new RowIds(now, await countUp(db, "processes"));
      const known = numbered;
      return await work({ db, at: timestampOf(now()), newId: () => known.next() });
    });
    // Not before: the number of a transaction that failed is given to another process.
    ids ??= numbered;
    return result;
  };
}

/** Adds one to a counter that all processes share; its new value. */
export async function countUp(db: Queries, name: string): Promise<number> {
  const { value } = await db
    .insertInto("depot_counters")
    .values({ name, value: 1 })
    .onConflict((conflict) =>
      conflict
        .column("name")
        .doUpdateSet(({ eb, ref }) => ({ value: eb(ref("depot_counters.value"), "+", 1) })),
    )
    .returning("value")
    .executeTakeFirstOrThrow();
  return Number(value);
}

/**
 * Asks at most once for all requests that had arrived when this turn of the event loop began, and anew for those that arrive
 * later: SQLite's answer costs three calls of the system, as much as the rest of a kept answer.
 */
function oncePerTurn<Answer>(ask: () => Answer): () => Answer {
  let known: { readonly answer: Answer } | undefined;
  const forget = (): void => {
    known = undefined;
  };
  return () => {
    if (known === undefined) {
      known = { answer: ask() };
      setImmediate(forget);
    }
    return known.answer;
  };
}

/**
 * One question for all who wait: at most one runs, and whoever comes while it does shares the next one, so every
 * answer is newer than the asking.
 */
function sharedQuestion<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let running: Promise<Answer> | undefined;
  let next: Promise<Answer> | undefined;
  const start = (): Promise<Answer> => {
    next = undefined;
    const started = ask().finally(() => {
      if (running === started) running = undefined;
    });
    running = started;
    return started;
  };
  return () => {
    if (running === undefined) return start();
    next ??= running.then(start, start);
    return next;
  };
}

/** Whether an error says that a unique constraint was violated. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  return code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY" || errno === "23505";
}

/** Whether the database could not be reached; asking again later may help. */
export function isDatabaseAway(error: unknown): boolean {
  return isConnectionLost(error) || (error as { errno?: unknown } | null)?.errno === "55P03";
}
