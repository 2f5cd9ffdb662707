// A client of a database group that counts: it writes one number after the other to whichever member takes writes, and prints
// each that was acknowledged. What was not acknowledged in time counts for nothing: the next number goes over another
// connection. Run on a machine of the network: counting-client.ts SERVICE PASSWORD ADDRESS…; it ends with its machine.
import { RedisClient, SQL } from "bun";

const [service = "", password = "", ...addresses] = process.argv.slice(2);
const PATIENCE_MS = 3000;
const CONNECT_SECONDS = 2;
/** Between two writes: what is tried is what becomes of them, not how many there can be. */
const PAUSE_MS = 5;

interface Connection {
  /** Resolves when the number is acknowledged. */
  readonly write: (number: number) => Promise<unknown>;
  readonly close: () => void;
}

/** Throws, or never answers, where no writes are taken. */
type Connect = (hostname: string, opened: (connection: Connection) => void) => Promise<Connection>;

const CONNECTS: Readonly<Record<string, Connect>> = {
  postgresql: (hostname, opened) =>
    connectSql(
      hostname,
      { adapter: "postgres", port: 5432 },
      "select pg_is_in_recovery()::int as refuses",
      opened,
    ),
  mariadb: (hostname, opened) =>
    connectSql(hostname, { adapter: "mysql", port: 3306 }, "select @@read_only as refuses", opened),
  redis: async (hostname, opened) => {
    const redis = new RedisClient(`redis://:${encodeURIComponent(password)}@${hostname}:6379`, {
      autoReconnect: false,
      enableOfflineQueue: false,
      connectionTimeout: CONNECT_SECONDS * 1000,
    });
    const connection = {
      write: (number: number) => redis.sadd("ledger", String(number)),
      close: () => redis.close(),
    };
    opened(connection);
    await redis.connect();
    if (!String(await redis.send("INFO", ["replication"])).includes("role:master"))
      throw new Error("a replica");
    return connection;
  },
};

async function connectSql(
  hostname: string,
  options: { adapter: "postgres" | "mysql"; port: number },
  refusal: string,
  opened: (connection: Connection) => void,
): Promise<Connection> {
  const sql = new SQL({
    ...options,
    hostname,
    username: "application",
    database: "application",
    password,
    max: 1,
    connectionTimeout: CONNECT_SECONDS,
    tls: false,
  });
  const connection = {
    write: (number: number) => sql`insert into ledger (number) values (${number})`,
    close: () => void sql.close({ timeout: 0 }).catch(() => undefined),
  };
  opened(connection);
  const [row] = await sql.unsafe(refusal);
  if (Number(row?.refuses) !== 0) throw new Error("takes no writes");
  await sql`create table if not exists ledger (number bigint primary key)`;
  return connection;
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}

/** Goes on with the member behind the last one: a primary that is cut off from the others still says that it takes writes. */
let turn = 0;

/** A connection to a member that takes writes. */
async function findPrimary(connect: Connect): Promise<Connection> {
  for (; ; turn++) {
    const hostname = addresses[turn % addresses.length] ?? "";
    let open: Connection | undefined;
    try {
      const found = await inTime(
        connect(hostname, (connection) => {
          open = connection;
        }),
      );
      console.log(`writes to ${hostname}`);
      return found;
    } catch {
      // Not there, or not to be written to.
    }
    open?.close();
    await Bun.sleep(50);
  }
}

// Of connections that were given up.
process.on("unhandledRejection", () => undefined);
const connect = CONNECTS[service];
if (connect === undefined) throw new Error(`no client for ${service}`);
for (let number = 1; ; ) {
  const connection = await findPrimary(connect);
  try {
    for (; ; number++) {
      await inTime(connection.write(number));
      console.log(`acknowledged ${number}`);
      await Bun.sleep(PAUSE_MS);
    }
  } catch {
    number++;
    turn++;
  }
  connection.close();
}
