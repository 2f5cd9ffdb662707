// core/redis beside Debian's own Redis, with the same options and the same client (redis-benchmark of Debian): processor time of the
// server for each request.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cpuTimeOf, until } from "./host.ts";
import { install } from "./installed.ts";
import { report } from "./measure.ts";
import { inPairs } from "./pairs.ts";
import { calledAs, debiansOwn, insideShelf, packageOf, run } from "./shelf.ts";

const PAIRS = 20;
const CONNECTIONS = "20";
/** Enough to take some tenths of a second of the server. */
const WORKLOADS = [
  {
    title: "SET and GET of 100 bytes",
    requests: 20_000,
    words: ["-t", "set,get", "-d", "100", "-r", "50000"],
  },
  {
    title: "the same, 16 at a time",
    requests: 100_000,
    words: ["-t", "set,get", "-d", "100", "-r", "50000", "-P", "16"],
  },
  {
    title: "LPUSH, HSET, ZADD",
    requests: 20_000,
    words: ["-t", "lpush,hset,zadd", "-r", "50000", "-P", "4"],
  },
] as const;

// For what it needs, and for the client; it runs nothing by itself.
install({ "redis-benchmark": "redis-tools" });
const directory = insideShelf(import.meta.path, ["redis"]);
if (directory !== undefined) {
  const ours = join(packageOf("redis"), "bin/redis-server");
  // The server of Debian's redis-server is a link to this one of redis-tools.
  const debians = calledAs(
    directory,
    "redis-server",
    join(debiansOwn("redis", directory), "usr/bin/redis-check-rdb"),
  );
  await using subject = await start(ours, join(directory, "ours"));
  await using reference = await start(debians, join(directory, "debian"));
  const versions = [ours, debians].map((program) => /v=(\S+)/.exec(run([program, "--version"]))?.[1]);
  for (const { title, requests, words } of WORKLOADS) {
    const measured = (server: Server) => () => {
      const before = cpuTimeOf([server.pid]);
      run([
        "redis-benchmark",
        "-s",
        server.socket,
        "-c",
        CONNECTIONS,
        "-n",
        String(requests),
        "-q",
        ...words,
      ]);
      const kinds = words[1].split(",").length;
      return ((cpuTimeOf([server.pid]) - before) * 1000) / (requests * kinds);
    };
    const comparisons = await inPairs({
      subject: { name: `core/redis ${versions[0]}: ${title}`, measure: measured(subject) },
      reference: { name: `Debian's ${versions[1]}`, measure: measured(reference) },
      metrics: [{ name: "a request", unit: "µs of the server", of: (value) => value, aim: { value: 1.03 } }],
      runs: PAIRS,
    });
    for (const comparison of comparisons) report(comparison);
  }
}

interface Server extends AsyncDisposable {
  readonly pid: number;
  readonly socket: string;
}

async function start(program: string, place: string): Promise<Server> {
  const socket = `${place}.sock`;
  const words = [
    "--port",
    "0",
    "--unixsocket",
    socket,
    "--save",
    "",
    "--appendonly",
    "no",
    "--daemonize",
    "no",
  ];
  const server = Bun.spawn([program, ...words], { env: {}, cwd: "/tmp", stdin: "ignore", stdout: "ignore" });
  await until("Redis listened", () => (existsSync(socket) ? true : undefined));
  return {
    pid: server.pid,
    socket,
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await server.exited;
    },
  };
}
