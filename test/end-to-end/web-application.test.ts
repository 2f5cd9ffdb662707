// A web application of three real services (docs/example-web-application.md): PostgreSQL, two Tomcats bound to it, HAProxy (and at
// last nginx) bound to those, each on a machine of its own in a real network. What a visitor reads when members die and when configuration is
// applied. The steps build upon each other.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BackgroundProcess, until } from "./machine.ts";
import { Network, whyNoNetwork } from "./network.ts";
import { packagesOf } from "./packages.ts";

const DATABASE = 0;
const TOMCATS = [1, 2];
const BALANCER = 3;
const ALL = [DATABASE, ...TOMCATS, BALANCER];
/** What each machine runs, and what it is bound to. */
const SERVICES = ["postgresql", "visits", "visits", "haproxy"];
const BINDS = [
  [],
  ["database:postgresql.default"],
  ["database:postgresql.default"],
  ["backend:visits.default"],
];

const impossible = whyNoNetwork();
let network: Network;
const supervisors: BackgroundProcess[] = [];
/** Where the balancer listens. */
let port = 8080;

function start(member: number): void {
  const words = ["hab", "sup", "run", "--permanent-peer", "--sys-ip-address", Network.address(member)];
  const others = ALL.filter((other) => other !== member).map(Network.address);
  const machine = network.machines[member];
  supervisors[member] = machine?.background([...words, "--peer", ...others]) as BackgroundProcess;
}

const versions = new Map<string, number>();
/** Applies configuration to a service group, at the database's machine. */
async function apply(service: string, toml: string): Promise<void> {
  const version = (versions.get(service) ?? 0) + 1;
  versions.set(service, version);
  const words = ["hab", "config", "apply", `${service}.default`, String(version)];
  await network.machines[DATABASE]?.run(words, { input: toml });
}

interface Answer {
  readonly message: string;
  readonly visits: number;
  readonly pool: number;
  readonly member: string;
  readonly database: string;
}

/** What a visitor gets; throws when that is not the page. */
async function visit(): Promise<Answer> {
  const { status, text } = await network.http(BALANCER, port, "/");
  if (status !== 200) throw new Error(`${status}: ${text}`);
  const [message = "", ...lines] = text.trim().split("\n");
  const values = new Map(lines.map((line) => line.split(": ") as [string, string]));
  const value = (name: string) => values.get(name) ?? "";
  return {
    message,
    visits: Number(value("visits")),
    pool: Number(value("pool")),
    member: value("member"),
    database: value("database"),
  };
}

/** Waits until both Tomcats answer, and as wanted; gives the last answer. */
function untilBothAnswer(what: string, wanted: (answer: Answer) => boolean = () => true): Promise<Answer> {
  return until(
    what,
    async () => {
      const answers = [await visit(), await visit(), await visit(), await visit()];
      const members = new Set(answers.map(({ member }) => member));
      return members.size === TOMCATS.length && answers.every(wanted) ? answers.at(-1) : undefined;
    },
    45,
  ).catch((error) => {
    const outputs = supervisors.map((each) => each.output().slice(-5000)).join("\n---\n");
    throw new Error(`${error.message}: ${error.cause}\n${outputs}`);
  });
}

/** Has visitors come one after the other until the work is done; gives their answers. None may fail. */
async function visitedDuring(work: Promise<unknown>): Promise<Answer[]> {
  const answers: Answer[] = [];
  let done = false;
  const visitors = async () => {
    while (!done) answers.push(await visit());
  };
  const [worked, visited] = await Promise.allSettled([
    work.finally(() => {
      done = true;
    }),
    visitors(),
  ]);
  if (visited.status === "rejected") throw visited.reason;
  if (worked.status === "rejected") throw worked.reason;
  return answers;
}

/** Members that the balancer sends visitors to. */
async function backends(): Promise<number> {
  const { text } = await network.http(BALANCER, 8404, "/;csv");
  const servers = text.split("\n").filter((line) => /^members,(?!BACKEND)/.test(line));
  return servers.filter((line) => line.split(",")[17]?.startsWith("UP")).length;
}

function servicePid(member: number): number {
  const directory = network.machines[member]?.directory ?? "";
  return Number(readFileSync(join(directory, "hab/svc", SERVICES[member] ?? "", "PID"), "utf8"));
}

const title = "a web application of PostgreSQL, two Tomcats and HAProxy";
describe.skipIf(impossible !== undefined)(
  impossible === undefined ? title : `${title} (skipped: ${impossible})`,
  () => {
    beforeAll(async () => {
      const packages = await packagesOf("postgresql", "visits", "haproxy", "nginx");
      network = await Network.start(ALL.length);
      await Promise.all(network.machines.map((machine) => packages.giveTo(machine)));
    }, 600_000);

    afterAll(() => network?.stop(), 30_000);

    test("answers with what it reads from its database, wherever each part runs", async () => {
      for (const member of ALL) start(member);
      await network.untilRingIsWhole(ALL);
      await apply("postgresql", 'listen = "*"\n[application]\npassword = "first"\n');
      await apply("visits", '[java]\noptions = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"\n');
      await apply("haproxy", '[check]\npath = "/alive.txt"\n[status]\nlisten = "0.0.0.0"\n');
      await Promise.all(
        ALL.map((member) => {
          const bind = BINDS[member]?.flatMap((each) => ["--bind", each]) ?? [];
          const load = ["hab", "svc", "load", `core/${SERVICES[member]}`, "--health-check-interval", "1"];
          return network.machines[member]?.run([...load, ...bind]);
        }),
      );

      const first = await untilBothAnswer("both Tomcats answer");
      expect(first).toMatchObject({ message: "Welcome.", pool: 8, database: "10.77.0.1:5432" });
      expect((await visit()).visits).toBe(first.visits + 1);
      expect(await backends()).toBe(2);
      for (const member of ALL)
        await until(`${SERVICES[member]} is well`, async () =>
          (
            await network.get<{ status: string }>(member, `/services/${SERVICES[member]}/default/health`)
          )?.status.startsWith("OK"),
        );
    }, 90_000);

    test("shows what is applied to the application, without a restart", async () => {
      const pids = TOMCATS.map(servicePid);
      const answers = await visitedDuring(
        (async () => {
          await apply(
            "visits",
            'message = "Good day \\\\o/"\npool_size = 3\n[java]\noptions = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"\n',
          );
          await untilBothAnswer(
            "both say it",
            ({ message, pool }) => message === "Good day \\o/" && pool === 3,
          );
        })(),
      );
      expect(answers.length).toBeGreaterThan(0);
      expect(TOMCATS.map(servicePid)).toEqual(pids);
    }, 60_000);

    test("goes on while the machine of a Tomcat dies, and has it again when it is back", async () => {
      const [victim, survivor] = TOMCATS as [number, number];
      const work = (async () => {
        await supervisors[victim]?.kill();
        await until("the balancer has one left", async () => (await backends()) === 1);
      })();
      await visitedDuring(work);
      const answers = [await visit(), await visit(), await visit()];
      expect(new Set(answers.map(({ member }) => member))).toEqual(new Set([Network.address(survivor)]));
      start(victim);
      await visitedDuring(untilBothAnswer("both Tomcats answer again"));
      expect(await backends()).toBe(2);
    }, 90_000);

    test("goes on while a Tomcat is killed, which its Supervisor starts again", async () => {
      const victim = TOMCATS[1] as number;
      const pid = servicePid(victim);
      await network.machines[victim]?.run(["kill", "-KILL", String(pid)]);
      await visitedDuring(
        until("another Tomcat runs", async () => servicePid(victim) !== pid && (await backends()) === 2),
      );
      await visitedDuring(untilBothAnswer("both Tomcats answer again"));
    }, 60_000);

    test("finds its database when that gets another port and password, and is killed", async () => {
      const { visits } = await visit();
      const pids = TOMCATS.map(servicePid);
      await apply("postgresql", 'listen = "*"\nport = 5433\n[application]\npassword = "\'second\\\\"\n');
      const moved = await untilBothAnswer(
        "both use the new port",
        ({ database }) => database === "10.77.0.1:5433",
      );
      expect(moved.visits).toBeGreaterThan(visits);

      const pid = servicePid(DATABASE);
      await network.machines[DATABASE]?.run(["kill", "-KILL", String(pid)]);
      await until("another PostgreSQL runs", () => servicePid(DATABASE) !== pid);
      const after = await untilBothAnswer("both answer with the database that is back");
      expect(after.visits).toBeGreaterThan(moved.visits);
      expect(TOMCATS.map(servicePid)).toEqual(pids);
    }, 60_000);

    test("moves to another port of the balancer", async () => {
      await apply("haproxy", 'port = 9090\n[check]\npath = "/alive.txt"\n[status]\nlisten = "0.0.0.0"\n');
      port = 9090;
      await untilBothAnswer("both answer at the new port");
    }, 30_000);

    test("is answered by nginx before the same group as well", async () => {
      await apply("nginx", "port = 8082\n");
      const load = ["hab", "svc", "load", "core/nginx", "--bind", "backend:visits.default"];
      await network.machines[BALANCER]?.run([...load, "--health-check-interval", "1"]);
      port = 8082;
      await untilBothAnswer("both answer by nginx");
      await until("nginx is well", async () =>
        (
          await network.get<{ status: string }>(BALANCER, "/services/nginx/default/health")
        )?.status.startsWith("OK"),
      );
    }, 60_000);
  },
);
