// PostgreSQL for Kysely, over Bun's own client. Reads share a bounded pool and are asked again when a connection breaks;
// a writing transaction has a connection to itself and, through a lock of the database, the whole depot: one writer at
// a time over all processes, as with SQLite, so what a transaction has read stays true until it commits.
import { type ReservedSQL, SQL } from "bun";
import {
  CompiledQuery,
  type DatabaseConnection,
  type DataTypeNode,
  type Dialect,
  type Driver,
  type Kysely,
  type KyselyPlugin,
  OperationNodeTransformer,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  RawNode,
} from "kysely";
import { describeError, HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import type { PostgresAddress } from "./postgres-address.ts";

/** Connections for reading; writing has two more. */
export const DEFAULT_CONNECTIONS = 10;
const WRITING_CONNECTIONS = 2;

const CONNECT_TIMEOUT_SECONDS = 10;
/** Connections are renewed now and then, so that a balancer in front of the database can move them. */
const CONNECTION_LIFETIME_SECONDS = 30 * 60;

/** An answer that has not come by then does not come: the request fails, and the database is told to stop. */
const READ_DEADLINE_MS = 30_000;

/** Waits before a question is asked again over another connection, in milliseconds. */
const RETRY_DELAYS_MS = [0, 100, 500] as const;

/** Name of the writers' lock among the database's advisory locks: "hab" and "dpt". */
const WRITERS_LOCK = "x'686162'::int, x'647074'::int";

/** A process that stops inside a transaction loses it after this time, and others can write again. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** How long a transaction waits for those before it. */
const LOCK_WAIT_MS = 30_000;

export interface PostgresConnections {
  readonly reading: Dialect;
  readonly writing: Dialect;
  /** One query on the reading pool, with its rows. */
  ask(text: string): Promise<readonly Record<string, unknown>[]>;
  /** Runs `read` with a dialect whose queries all see the database as it was at one moment. */
  snapshot<Result>(read: (dialect: Dialect) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Opens the pools and asks once, so that what is wrong is said at start. Throws HabError `databaseUnreachable`. */
export async function openPostgres(address: PostgresAddress): Promise<PostgresConnections> {
  const pool = (max: number): SQL =>
    new SQL({
      adapter: "postgres",
      ...address.connection,
      max,
      connectionTimeout: CONNECT_TIMEOUT_SECONDS,
      maxLifetime: CONNECTION_LIFETIME_SECONDS,
      connection: { application_name: "hab-depot", ...address.settings },
    });
  const readers = pool(address.connections ?? DEFAULT_CONNECTIONS);
  const writers = pool(WRITING_CONNECTIONS);
  try {
    const [row] = await askAgain(() => writers.unsafe("show server_encoding"));
    if (row?.server_encoding !== "UTF8")
      throw new Error(`the database's encoding is ${row?.server_encoding}, not UTF8`);
  } catch (cause) {
    await readers.close({ timeout: 0 });
    await writers.close({ timeout: 0 });
    throw new HabError(
      depotErrors.databaseUnreachable,
      `cannot use the database ${address.shown}: ${describeError(cause)}`,
      { cause },
    );
  }
  return {
    reading: dialectOf(() => new ReadingDriver(readers)),
    writing: dialectOf(() => new WritingDriver(writers)),
    ask: (text) => askAgain(() => readers.unsafe(text)),
    async snapshot(read) {
      const driver = new WritingDriver(writers, "begin isolation level repeatable read read only");
      return await read(dialectOf(() => driver));
    },
    async close() {
      await readers.close({ timeout: 5 });
      await writers.close({ timeout: 5 });
    },
  };
}

function dialectOf(createDriver: () => Driver): Dialect {
  return {
    createDriver,
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  };
}

/** Whether the connection is at fault, not the question. */
export function isConnectionLost(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  if (typeof code === "string" && /^ERR_POSTGRES_(CONNECTION|IDLE|LIFETIME)/.test(code)) return true;
  // Class 08, an administrator's shutdown or crash, a server that is starting, and too many connections.
  return typeof errno === "string" && /^(08...|57P0[123]|53300)$/.test(errno);
}

async function askAgain<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (const delay of RETRY_DELAYS_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      await Bun.sleep(delay);
    }
  }
  return await ask();
}

interface Runner {
  unsafe(text: string, parameters?: unknown[]): SQL.Query<Record<string, unknown>[]>;
}

/** PostgreSQL's 64-bit integers, which come as text: sizes and counts here are far below 2^53. */
const INT8 = 20;

type ResultFacts = Record<string, unknown>[] & {
  readonly count?: number | null;
  readonly command?: string | null;
  readonly columns?: readonly { readonly name: string; readonly type: number }[];
};

async function run<Row>(
  runner: Runner,
  query: CompiledQuery,
  deadlineMs?: number,
): Promise<QueryResult<Row>> {
  const question = runner.unsafe(query.sql, [...query.parameters]);
  const timer = deadlineMs === undefined ? undefined : setTimeout(() => void question.cancel(), deadlineMs);
  let rows: ResultFacts;
  try {
    rows = (await question) as ResultFacts;
  } finally {
    clearTimeout(timer);
  }
  for (const { name, type } of rows.columns ?? []) {
    if (type !== INT8) continue;
    for (const row of rows) if (typeof row[name] === "string") row[name] = Number(row[name]);
  }
  const changes = rows.command !== "SELECT" && typeof rows.count === "number";
  return {
    rows: rows as Row[],
    ...(changes && { numAffectedRows: BigInt(rows.count ?? 0) }),
  };
}

// biome-ignore lint/correctness/useYield: Kysely asks for a generator; there is nothing to give.
async function* noStreaming(): AsyncGenerator<never> {
  throw new Error("rows are not streamed: ask for them by pages");
}

/** Every question goes to whichever connection of the pool is free. */
class ReadingDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(pool: SQL) {
    this.#connection = {
      executeQuery: (query) => askAgain(() => run(pool, query, READ_DEADLINE_MS)),
      streamQuery: noStreaming,
    };
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }
  async releaseConnection(): Promise<void> {}
  async beginTransaction(): Promise<void> {
    throw new Error("this is the connection for reading");
  }
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async destroy(): Promise<void> {}
}

/** Takes a connection for itself when a transaction begins, not before. */
class TransactionConnection implements DatabaseConnection {
  readonly streamQuery = noStreaming;
  readonly #pool: SQL;
  #reserved: ReservedSQL | undefined;

  constructor(pool: SQL) {
    this.#pool = pool;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return await run<Row>(this.#reserved ?? this.#pool, query);
  }

  /** Nothing is lost when a connection turns out broken here, so another one is tried. */
  async begin(statements: string): Promise<void> {
    await askAgain(async () => {
      const reserved = await this.#pool.reserve();
      try {
        await reserved.unsafe(statements).simple();
        this.#reserved = reserved;
      } catch (error) {
        await reserved.unsafe("rollback").catch(() => undefined);
        reserved.release();
        throw error;
      }
    });
  }

  release(): void {
    this.#reserved?.release();
    this.#reserved = undefined;
  }
}

class WritingDriver implements Driver {
  readonly #pool: SQL;
  readonly #begin: string;

  constructor(pool: SQL, begin?: string) {
    this.#pool = pool;
    this.#begin =
      begin ??
      `begin; set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};` +
        `set local lock_timeout = ${LOCK_WAIT_MS}; select pg_advisory_xact_lock(${WRITERS_LOCK})`;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<TransactionConnection> {
    return new TransactionConnection(this.#pool);
  }

  async beginTransaction(connection: TransactionConnection): Promise<void> {
    await connection.begin(this.#begin);
  }

  async commitTransaction(connection: TransactionConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: TransactionConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw("rollback"));
    } catch (error) {
      // With its connection the transaction is gone; what broke it is the error to show.
      if (!isConnectionLost(error)) throw error;
    }
  }

  async releaseConnection(connection: TransactionConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {}
}

/**
 * Gives every text column the byte order of SQLite, whatever the database's own order is: versions, idents and pages
 * depend on it.
 */
export class ByteOrderedText extends OperationNodeTransformer implements KyselyPlugin {
  transformQuery({
    node,
  }: Parameters<KyselyPlugin["transformQuery"]>[0]): ReturnType<KyselyPlugin["transformQuery"]> {
    return this.transformNode(node);
  }

  async transformResult({
    result,
  }: Parameters<KyselyPlugin["transformResult"]>[0]): ReturnType<KyselyPlugin["transformResult"]> {
    return result;
  }

  protected override transformDataType(node: DataTypeNode): DataTypeNode {
    if (node.dataType !== "text") return node;
    return RawNode.createWithSql('text collate "C"') as unknown as DataTypeNode;
  }
}
