// SQLite for Kysely: its own SQLite dialect over bun:sqlite. One connection writes (a transaction at a time), another
// reads, so a reader never waits for, nor sees, a transaction in progress (WAL).
import { Database, type Statement } from "bun:sqlite";
import { type SqliteDatabase, SqliteDialect } from "kysely";
import { HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";

/** How long one process waits for the write lock of another (`hab depot user create` beside a running depot). */
const BUSY_TIMEOUT_MS = 10_000;

/** Statements kept prepared on each connection; beyond it the oldest goes. */
const MAX_PREPARED_STATEMENTS = 300;

export interface SqliteConnections {
  readonly reading: SqliteDialect;
  readonly writing: SqliteDialect;
  /** A number that changes when another process has committed. */
  foreignCommits(): number;
  close(): void;
}

/** Opens (or creates) the database file with both connections. Throws HabError `databaseFailed`. */
export function openSqlite(path: string): SqliteConnections {
  try {
    const writer = connect(path);
    const reader = connect(path);
    reader.run("pragma query_only = on");
    // Asked on the writing connection it counts the commits of others, not our own.
    const dataVersion = writer.query<{ data_version: number }, []>("pragma data_version");
    return {
      reading: new SqliteDialect({ database: adapt(reader, "begin") }),
      // `begin immediate` takes the write lock at once: a transaction that reads first could otherwise fail half-way.
      writing: new SqliteDialect({ database: adapt(writer, "begin immediate") }),
      foreignCommits: () => dataVersion.get()?.data_version ?? 0,
      close: () => {
        reader.close();
        writer.close();
      },
    };
  } catch (error) {
    throw new HabError(depotErrors.databaseFailed, `cannot open the database ${path}`, { cause: error });
  }
}

/** A connection of its own for one long look at the database. */
export function sqliteSnapshot(path: string): { readonly dialect: SqliteDialect; close(): void } {
  const connection = connect(path);
  connection.run("pragma query_only = on");
  return {
    dialect: new SqliteDialect({ database: adapt(connection, "begin") }),
    close: () => connection.close(),
  };
}

function connect(path: string): Database {
  const database = new Database(path, { create: true, strict: true });
  database.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  database.run("pragma journal_mode = wal");
  // What was acknowledged survives power loss.
  database.run("pragma synchronous = full");
  database.run("pragma foreign_keys = on");
  return database;
}

type Binding = string | number | null;

const NOTHING_TO_DO = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
} as const;

/** The small interface Kysely asks for, with prepared statements kept by their text. */
function adapt(database: Database, begin: string): SqliteDatabase {
  const prepared = new Map<string, Statement<unknown, Binding[]>>();
  const statementFor = (sql: string): Statement<unknown, Binding[]> => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare<unknown, Binding[]>(sql === "begin" ? begin : sql);
    if (prepared.size >= MAX_PREPARED_STATEMENTS) {
      for (const [oldest, old] of prepared) {
        prepared.delete(oldest);
        old.finalize();
        break;
      }
    }
    prepared.set(sql, statement);
    return statement;
  };
  return {
    prepare(sql) {
      // A full disk ends the transaction by itself; rolling back what is gone would hide that cause.
      if (sql === "rollback" && !database.inTransaction) return NOTHING_TO_DO;
      const statement = statementFor(sql);
      return {
        reader: statement.columnNames.length > 0,
        all: (parameters) => statement.all(...(parameters as Binding[])),
        run: (parameters) => statement.run(...(parameters as Binding[])),
        iterate: (parameters) => statement.iterate(...(parameters as Binding[])) as IterableIterator<unknown>,
      };
    },
    // Both connections are closed together by their owner.
    close: () => undefined,
  };
}
