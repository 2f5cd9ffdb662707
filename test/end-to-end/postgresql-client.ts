// A client of a PostgreSQL group that counts: it writes one number after the other to whichever member takes writes, and prints
// each that was acknowledged. What was not acknowledged in time counts for nothing: the next number goes over another
// connection. Run on a machine of the network: postgresql-client.ts PASSWORD ADDRESS…; it ends with its machine.
import { SQL } from "bun";

const [password = "", ...addresses] = process.argv.slice(2);
const PATIENCE_MS = 3000;

/** Goes on with the member behind the last one: a primary that is cut off from the others still says that it takes writes. */
let turn = 0;

/** A connection to a member that takes writes. */
async function connect(): Promise<SQL> {
  for (; ; turn++) {
    const hostname = addresses[turn % addresses.length] ?? "";
    const sql = new SQL({
      adapter: "postgres",
      hostname,
      port: 5432,
      username: "application",
      database: "application",
      password,
      max: 1,
      connectionTimeout: 2,
      tls: false,
    });
    try {
      const [row] = await inTime(sql`select pg_is_in_recovery() as recovers`);
      if (row?.recovers === false) {
        await inTime(sql`create table if not exists ledger (number bigint primary key)`);
        console.log(`writes to ${hostname}`);
        return sql;
      }
    } catch {
      // Not there, or not to be written to.
    }
    abandon(sql);
    await Bun.sleep(50);
  }
}

function inTime<T>(answer: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}

function abandon(sql: SQL): void {
  sql.close({ timeout: 0 }).catch(() => undefined);
}

process.on("unhandledRejection", () => undefined);
for (let number = 1; ; ) {
  const sql = await connect();
  try {
    for (; ; number++) {
      await inTime(sql`insert into ledger (number) values (${number})`);
      console.log(`acknowledged ${number}`);
    }
  } catch {
    number++;
    turn++;
  }
  abandon(sql);
}
