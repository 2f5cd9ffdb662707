// The services of plans/, each as somebody has it who has only loaded it: it starts without any configuration, is well by its own
// health check, runs as its own user on nothing but what is below /hab, keeps what it is told in its data directory and nowhere
// else, takes a new release by `--strategy at-once` with its data as they are, stops within its time, and comes back from the
// back-up its README describes. Clusters have tests of their own.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./machine.ts";
import { type NextRelease, ownReleases } from "./next-release.ts";
import { depotEnvironment, RingDepot } from "./ring-depot.ts";
import { describeOnRing, ServiceRing } from "./service-ring.ts";

interface Shipped {
  readonly name: string;
  /** Which machine it is on: some have the same port. */
  readonly machine: 0 | 1;
  /** Its program, with words, by which it is told something and asked for it. */
  readonly tell?: readonly string[];
  /** Tells it something else. */
  readonly overwrite?: readonly string[];
  readonly ask: readonly string[];
  readonly answer: string;
  /** What it has to be told to be beside others, or in front of them. */
  readonly configuration?: string;
  readonly bind?: string;
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
const APPLICATION = [...PSQL, "--dbname", "application", "--command"];
const wget = (port: number) => ["busybox", "wget", "-qO-", `http://127.0.0.1:${port}/`];
const SERVICES: readonly Shipped[] = [
  {
    name: "redis",
    machine: 0,
    tell: [...REDIS, "set", "said", "kept"],
    overwrite: [...REDIS, "set", "said", "lost"],
    ask: [...REDIS, "get", "said"],
    answer: "kept",
  },
  {
    name: "postgresql",
    machine: 0,
    tell: [
      ...APPLICATION,
      "create table said as select now() at time zone 'Europe/Berlin' as at, 'kept' as word",
    ],
    overwrite: [...APPLICATION, "update said set word = 'lost'"],
    ask: [...APPLICATION, "select word from said"],
    answer: "kept",
  },
  {
    name: "mariadb",
    machine: 0,
    tell: [...MARIADB, "--execute", "create table application.said as select 'kept' as word"],
    overwrite: [...MARIADB, "--execute", "update application.said set word = 'lost'"],
    ask: [...MARIADB, "--skip-column-names", "--execute", "select word from application.said"],
    answer: "kept",
  },
  { name: "nginx", machine: 0, ask: wget(8080), answer: "nginx runs" },
  { name: "tomcat", machine: 1, ask: wget(8080), answer: "Tomcat runs" },
  {
    name: "haproxy",
    machine: 1,
    configuration: 'port = 8081\n[check]\npath = "/-/health"\n',
    bind: "backend:tomcat.default",
    ask: wget(8081),
    answer: "Tomcat runs",
  },
];
const ROWS = SERVICES.map((service) => [service.name, service] as const);
const NAMES = SERVICES.map(({ name }) => name);
const DEPOT = 2;

let ring: ServiceRing;
let depot: RingDepot;

const exec = ({ name, machine }: Shipped, words: readonly string[]) =>
  ring.run(machine, [
    "hab",
    "pkg",
    "exec",
    words[0] === "busybox" ? "core/busybox-static" : `core/${name}`,
    ...words,
  ]);

/** Waits until it answers what it was told. */
const untilItAnswers = (service: Shipped) =>
  ring.until(`${service.name} says ${service.answer}`, async () =>
    (await exec(service, service.ask)).stdout.includes(service.answer),
  );

const isKilled = ({ name, machine }: Shipped) =>
  ring.output(machine).includes(`${name}.default(ST): Service killed`);

describeOnRing("a service that was only loaded", () => {
  beforeAll(async () => {
    ring = await ServiceRing.make({ plans: NAMES, members: 2, others: 1, env: depotEnvironment(DEPOT) });
    await Promise.all(SERVICES.map(({ name, machine }) => ownReleases(ring, machine, [name])));
    [depot] = await Promise.all([RingDepot.start(ring, DEPOT), ring.startAll()]);
    for (const { name, configuration } of SERVICES)
      if (configuration !== undefined) await ring.apply(name, configuration);
    await Promise.all(
      SERVICES.map(({ name, machine, bind }) =>
        ring.load(
          name,
          [machine],
          ...["--strategy", "at-once", "--channel", "stable"],
          ...(bind === undefined ? [] : ["--bind", bind]),
        ),
      ),
    );
  }, 600_000);

  afterAll(() => ring?.stop(), 120_000);

  test.each(ROWS)(
    "%s starts, is well, and runs as its own user",
    async (name, service) => {
      await ring.untilWell(name, [service.machine]);
      // Also what is made once it runs, as the application's database.
      await ring.until(`${name} can be told something`, () => exec(service, service.tell ?? service.ask));
      await untilItAnswers(service);
      const pid = String(ring.pid(service.machine, name));
      const status = (await ring.run(service.machine, ["cat", `/proc/${pid}/status`])).stdout;
      // The user hab of a private root.
      expect([name, /^Uid:\t(\d+)/m.exec(status)?.[1]]).toEqual([name, "42"]);
      expect(statSync(ring.file(service.machine, `svc/${name}/data`)).uid).toBe(42);
      expect(await usedOfTheMachine(service, pid)).toEqual([]);
    },
    120_000,
  );

  // All of them at once: each changes by itself.
  let released: Promise<readonly NextRelease[]> | undefined;

  test.each(ROWS)(
    "%s takes a new release by itself, stops within its time for it, and has its data",
    async (name, service) => {
      released ??= depot.release(NAMES);
      const release = (await released).find((each) => each.name === name)?.release;
      await ring.until(
        `${name} has the new release`,
        async () => (await ring.release(service.machine, name)) === release,
      );
      await ring.untilWell(name, [service.machine]);
      await untilItAnswers(service);
      expect(isKilled(service)).toBe(false);
    },
    300_000,
  );

  const kept = SERVICES.filter(({ overwrite }) => overwrite !== undefined);
  test.each(
    kept.flatMap((service) => backUps(service.name).map((kind) => [service.name, kind, service] as const)),
  )(
    "%s comes back from its back-up%s, as its README says it, and from nothing but that",
    async (name, kind, service) => {
      const { machine, overwrite = [] } = service;
      await bash(machine, commandsOf(name, `back-up${kind}`));
      await exec(service, overwrite);
      // What it has to keep is in its data directory.
      if (commandsOf(name, `restore${kind}`).includes("svc stop"))
        await bash(
          machine,
          `hab svc stop core/${name} && while [ -e /hab/svc/${name}/PID ]; do sleep 0.1; done
          rm -rf /hab/svc/${name}/var/*; hab svc start core/${name}`,
        );
      await ring.untilWell(name, [machine]);
      await bash(machine, commandsOf(name, `restore${kind}`));
      await ring.until(`${name} runs`, () => existsSync(ring.file(machine, `svc/${name}/PID`)));
      await ring.untilWell(name, [machine]);
      await untilItAnswers(service);
      expect(isKilled(service)).toBe(false);
    },
    300_000,
  );
});

const bash = (machine: number, commands: string) => ring.run(machine, ["bash", "-ec", commands]);

/** Blocks of commands in a plan's README, by the words behind `sh`. */
function blocksOf(name: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(PROJECT, "plans", name, "README.md"), "utf8");
  return new Map(
    [...text.matchAll(/^```sh ([a-z -]+)\n(.*?)^```$/gms)].map(([, title = "", commands = ""]) => [
      title,
      commands,
    ]),
  );
}

/** What is said behind `back-up` of each kind of back-up. */
function backUps(name: string): string[] {
  const kinds = [...blocksOf(name).keys()].filter((title) => title.startsWith("back-up"));
  expect([name, kinds.length > 0]).toEqual([name, true]);
  return kinds.map((title) => title.slice("back-up".length));
}

function commandsOf(name: string, title: string): string {
  const commands = blocksOf(name).get(title);
  if (commands === undefined) throw new Error(`plans/${name}/README.md has no block ${title}`);
  return commands;
}

/** Files outside of /hab that the processes of a service have mapped. The program is in a group of processes of its own. */
async function usedOfTheMachine({ machine }: Shipped, pid: string): Promise<string[]> {
  const script = `for each in /proc/[0-9]*; do
    if [ "$(awk '{ print $5 }' $each/stat 2>/dev/null)" = ${pid} ]; then cat $each/maps 2>/dev/null; fi
  done`;
  const lines = (await ring.run(machine, ["sh", "-c", script])).stdout.split("\n");
  const files = lines.map((line) => line.split(/ +/)[5] ?? "").filter((file) => file.startsWith("/"));
  expect(files.length).toBeGreaterThan(0);
  // Shared memory is mapped by name, too.
  return files.filter((file) => !/^\/(hab\/|dev\/(zero|shm\/)|SYSV|memfd:|\[aio\]|anon_hugepage)/.test(file));
}
