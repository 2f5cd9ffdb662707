// core/postgresql beside Debian's own PostgreSQL, with the same postgresql.conf and the same client (pgbench of Debian): processor time
// of the server and its processes for each transaction.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./host.ts";
import { install } from "./installed.ts";
import { report } from "./measure.ts";
import { inPairs } from "./pairs.ts";
import { AS_HAB, childrenOf, cpuTimeWithChildren, debiansOwn, insideShelf, packageOf, run } from "./shelf.ts";

const PAIRS = 20;
const CLIENTS = 4;
/** Of each client in a run: enough for half a second of the server. */
const WORKLOADS = [
  { title: "reading (pgbench -S)", transactions: 4000, words: ["-S"] },
  {
    title: "reading, prepared (pgbench -S -M prepared)",
    transactions: 6000,
    words: ["-S", "-M", "prepared"],
  },
  { title: "writing (pgbench -N)", transactions: 400, words: ["-N"] },
] as const;
/** In Debian's packages and in ours. */
const PROGRAMS = "lib/postgresql/15/bin";
/** The client, of this machine. */
const CLIENT = join("/usr", PROGRAMS);
const SETTINGS = `
listen_addresses = ''
timezone = 'UTC'
max_connections = 100
shared_buffers = '128MB'
lc_messages = 'C'
wal_log_hints = on
# Ours has no compiler of queries, and none of these is worth compiling.
jit = off
# What runs by itself would fall on one of the two.
autovacuum = off
checkpoint_timeout = '1h'
max_wal_size = '8GB'
# The disk is not what is compared.
fsync = off
`;

install({ pgbench: "postgresql" });
const directory = insideShelf(import.meta.path, ["postgresql", "tzdata"]);
if (directory !== undefined) {
  const ours = join(packageOf("postgresql"), PROGRAMS);
  const locales = join(packageOf("glibc"), "lib/locale");
  await using subject = await start(ours, join(directory, "ours"), { LOCPATH: locales });
  await using reference = await start(
    join(debiansOwn("postgresql", directory), "usr", PROGRAMS),
    join(directory, "debian"),
    {},
  );
  for (const { title, transactions, words } of WORKLOADS) {
    const measured = (server: Server) => async () => {
      const before = cpuTimeWithChildren(server.pid);
      run([...client(server), "-n", "-c", String(CLIENTS), "-t", String(transactions), ...words]);
      // What a session used is counted once its process has been collected, which pgbench does not wait for.
      await until("sessions had ended", () =>
        childrenOf(server.pid).length <= server.ownChildren ? true : undefined,
      );
      return (cpuTimeWithChildren(server.pid) - before) / (transactions * CLIENTS);
    };
    const comparisons = await inPairs({
      subject: { name: `core/postgresql ${subject.version}: ${title}`, measure: measured(subject) },
      reference: { name: `Debian's ${reference.version}`, measure: measured(reference) },
      metrics: [
        { name: "a transaction", unit: "µs of the server", of: (value) => value, aim: { value: 1.03 } },
      ],
      runs: PAIRS,
    });
    for (const comparison of comparisons) report(comparison);
  }
}

interface Server extends AsyncDisposable {
  readonly pid: number;
  readonly socket: string;
  readonly version: string;
  /** How many processes it has when nobody is connected. */
  readonly ownChildren: number;
}

function client({ socket }: Pick<Server, "socket">): string[] {
  return [join(CLIENT, "pgbench"), "-h", socket, "-U", "postgres", "postgres"];
}

async function start(programs: string, place: string, env: Record<string, string>): Promise<Server> {
  mkdirSync(place);
  run(["chown", "42:42", place]);
  const data = join(place, "data");
  // As its run hook does: core/postgresql looks for time zones beside its data.
  symlinkSync(join(packageOf("tzdata"), "share/zoneinfo"), join(place, "zoneinfo"));
  const words = [
    "-D",
    data,
    "-U",
    "postgres",
    "-A",
    "trust",
    "--locale",
    "C.UTF-8",
    "-E",
    "UTF8",
    "--no-sync",
  ];
  run([...AS_HAB, join(programs, "initdb"), ...words], { env, cwd: place });
  writeFileSync(join(data, "postgresql.conf"), `${SETTINGS}unix_socket_directories = '${place}'\n`);
  const server = Bun.spawn([...AS_HAB, join(programs, "postgres"), "-D", data], {
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd: data,
    stdin: "ignore",
    stdout: "ignore",
    stderr: Bun.file(join(place, "log")),
  });
  const ask = (question: string): string =>
    run([join(CLIENT, "psql"), "-h", place, "-U", "postgres", "-Atc", question, "postgres"]).trim();
  await until("PostgreSQL answered", () => {
    try {
      return ask("select 1");
    } catch {
      return undefined;
    }
  });
  run([...client({ socket: place }), "-q", "-i", "-s", "5"]);
  const version = ask("checkpoint; show server_version").split("\n").at(-1)?.split(" ")[0] ?? "";
  await until("PostgreSQL was at rest", () => {
    const names = childrenOf(server.pid).map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    return names.some((name) => name.includes("[local]")) ? undefined : true;
  });
  return {
    pid: server.pid,
    socket: place,
    version,
    ownChildren: childrenOf(server.pid).length,
    async [Symbol.asyncDispose]() {
      server.kill("SIGINT");
      await server.exited;
    },
  };
}
