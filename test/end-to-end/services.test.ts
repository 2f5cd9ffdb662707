// The services of plans/, each as somebody has it who has only loaded it: it starts without any configuration, is well by its own
// health check, runs as its own user on nothing but what is below /hab, keeps what it is told in its data directory and nowhere else, has it again under another
// release, and stops within its time. Clusters and binds have tests of their own.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BackgroundProcess, until } from "./machine.ts";
import { Network, whyNoNetwork } from "./network.ts";
import { packagesOf } from "./packages.ts";

interface Shipped {
  readonly name: string;
  /** Which machine it is on: some have the same port. */
  readonly machine: 0 | 1;
  /** Its program, with words, by which it is told something and asked for it. */
  readonly tell?: readonly string[];
  readonly ask: readonly string[];
  readonly answer: string;
}

const PSQL = [
  "psql",
  "--host",
  "/hab/svc/postgresql/var",
  "--username",
  "postgres",
  "--tuples-only",
  "--no-align",
];
const MARIADB = ["mariadb", "--no-defaults", "--socket", "/hab/svc/mariadb/var/mariadbd.sock", "--batch"];
const REDIS = ["redis-cli", "-s", "/hab/svc/redis/var/redis.sock"];
const SERVICES: readonly Shipped[] = [
  {
    name: "redis",
    machine: 0,
    tell: [...REDIS, "set", "said", "kept"],
    ask: [...REDIS, "get", "said"],
    answer: "kept",
  },
  {
    name: "postgresql",
    machine: 0,
    tell: [
      ...PSQL,
      "--command",
      "create table said as select now() at time zone 'Europe/Berlin' as at, 'kept' as word",
    ],
    ask: [...PSQL, "--command", "select word from said"],
    answer: "kept",
  },
  {
    name: "mariadb",
    machine: 0,
    tell: [...MARIADB, "--execute", "create table application.said as select 'kept' as word"],
    ask: [...MARIADB, "--skip-column-names", "--execute", "select word from application.said"],
    answer: "kept",
  },
  {
    name: "nginx",
    machine: 0,
    ask: ["busybox", "wget", "-qO-", "http://127.0.0.1:8080/"],
    answer: "nginx runs",
  },
  {
    name: "tomcat",
    machine: 1,
    ask: ["busybox", "wget", "-qO-", "http://127.0.0.1:8080/"],
    answer: "Tomcat runs",
  },
];

const impossible = whyNoNetwork();
let network: Network;
const supervisors: BackgroundProcess[] = [];

function run(machine: number, ...command: readonly string[]) {
  const found = network.machines[machine];
  if (found === undefined) throw new Error(`there is no machine ${machine}`);
  return found.run(command);
}

const exec = ({ name, machine }: Shipped, words: readonly string[]) =>
  run(
    machine,
    "hab",
    "pkg",
    "exec",
    words[0] === "busybox" ? "core/busybox-static" : `core/${name}`,
    ...words,
  );

/** Files of its service directory, on the host's side. */
const serviceFile = ({ name, machine }: Shipped, path: string) =>
  join(network.machines[machine]?.directory ?? "", "hab/svc", name, path);

function untilWell({ name, machine }: Shipped): Promise<true> {
  return until(
    `${name} is well`,
    async () =>
      (await network.get<{ status: string }>(machine, `/services/${name}/default/health`))?.status.startsWith(
        "OK",
      ) || undefined,
    90,
  ).catch((error) => {
    throw new Error(`${error.message}: ${error.cause}\n${supervisors[machine]?.output().slice(-8000)}`);
  }) as Promise<true>;
}

const title = "a service that was only loaded";
describe.skipIf(impossible !== undefined)(
  impossible === undefined ? title : `${title} (skipped: ${impossible})`,
  () => {
    beforeAll(async () => {
      const packages = await packagesOf(...SERVICES.map(({ name }) => name));
      network = await Network.start(2);
      await Promise.all(network.machines.map((machine) => packages.giveTo(machine)));
      for (const machine of [0, 1]) {
        supervisors[machine] = network.machines[machine]?.background([
          "hab",
          "sup",
          "run",
          "--sys-ip-address",
          Network.address(machine),
        ]) as BackgroundProcess;
        await until("the Supervisor takes commands", () => network.get(machine, "/services"));
      }
      await Promise.all(
        SERVICES.map(({ name, machine }) =>
          run(machine, "hab", "svc", "load", `core/${name}`, "--health-check-interval", "1"),
        ),
      );
    }, 600_000);

    afterAll(() => network?.stop(), 30_000);

    test.each(SERVICES.map((service) => [service.name, service] as const))(
      "%s starts, is well, and runs as its own user",
      async (name, service) => {
        await untilWell(service);
        // Also what is made once it runs, as the application's database.
        await until(`${name} can be told something`, () => exec(service, service.tell ?? service.ask));
        expect((await exec(service, service.ask)).stdout).toContain(service.answer);
        const pid = readFileSync(serviceFile(service, "PID"), "utf8");
        const status = (await run(service.machine, "cat", `/proc/${pid}/status`)).stdout;
        // The user hab of a private root.
        expect([name, /^Uid:\t(\d+)/m.exec(status)?.[1]]).toEqual([name, "42"]);
        expect(statSync(serviceFile(service, "data")).uid).toBe(42);
        expect(await usedOfTheMachine(service, pid)).toEqual([]);
      },
      120_000,
    );

    test.each(SERVICES.map((service) => [service.name, service] as const))(
      "%s stops within its time, and has its data under another release",
      async (name, service) => {
        await run(service.machine, "hab", "svc", "stop", `core/${name}`);
        await until(`${name} has stopped`, () => !existsSync(serviceFile(service, "PID")), 90);
        const output = supervisors[service.machine]?.output() ?? "";
        expect(output).not.toContain(`${name}.default(ST): Service killed`);
        // What it has to keep is in its data directory.
        await run(service.machine, "sh", "-c", `rm -rf /hab/svc/${name}/var/*`);
        const release = await addRelease(service);
        await run(service.machine, "hab", "svc", "start", `core/${name}`);
        await until(`${name} runs`, () => existsSync(serviceFile(service, "PID")));
        await untilWell(service);
        const path = `/services/${name}/default`;
        const shown = await network.get<{ pkg: { release: string } }>(service.machine, path);
        expect([name, shown?.pkg.release]).toEqual([name, release]);
        expect((await exec(service, service.ask)).stdout).toContain(service.answer);
      },
      180_000,
    );
  },
);

/** Files outside of /hab that the processes of a service have mapped. The program is in a group of processes of its own. */
async function usedOfTheMachine({ machine }: Shipped, pid: string): Promise<string[]> {
  const script = `for each in /proc/[0-9]*; do
    if [ "$(awk '{ print $5 }' $each/stat 2>/dev/null)" = ${pid} ]; then cat $each/maps 2>/dev/null; fi
  done`;
  const lines = (await run(machine, "sh", "-c", script)).stdout.split("\n");
  const files = lines.map((line) => line.split(/ +/)[5] ?? "").filter((file) => file.startsWith("/"));
  expect(files.length).toBeGreaterThan(0);
  // Shared memory is mapped by name, too.
  return files.filter((file) => !/^\/(hab\/|dev\/(zero|shm\/)|SYSV|memfd:|\[aio\]|anon_hugepage)/.test(file));
}

/** Installs a newer release of a service's package on its machine alone: the same files by another name. */
async function addRelease({ name, machine }: Shipped): Promise<string> {
  const release = "29991231235959";
  const kept = join(network.machines[machine]?.directory ?? "", `release-of-${name}`);
  // What is under /hab/pkgs is shared with other machines: its directory of releases becomes this one's own.
  const script = `set -e
    old=$(ls -d /hab/pkgs/core/${name}/*/* | tail -n 1)
    cp -a "$old" "${kept}"
    mount -t tmpfs tmpfs "\${old%/*}"
    mkdir "$old" "\${old%/*}/${release}"
    mount --bind "${kept}" "$old"
    cp -a "${kept}/." "\${old%/*}/${release}/"
    cd "\${old%/*}/${release}"
    for file in IDENT RUNTIME_PATH RUNTIME_ENVIRONMENT PATH; do
      if [ -f $file ]; then sed -i "s|$(basename "$old")|${release}|g" $file; fi
    done`;
  await run(machine, "sh", "-c", script);
  return release;
}
