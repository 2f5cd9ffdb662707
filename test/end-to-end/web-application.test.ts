// A web application of three real services (docs/example-web-application.md): PostgreSQL, two Tomcats bound to it, HAProxy (and at
// last nginx) bound to those, each on a machine of its own in a real network. What a visitor reads when members die, when configuration is
// applied, and when all but the database take a new release by `--strategy rolling`. The steps build upon each other.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Network } from "./network.ts";
import { ownReleases } from "./next-release.ts";
import { depotEnvironment, RingDepot } from "./ring-depot.ts";
import { describeOnRing, ServiceRing } from "./service-ring.ts";

const DATABASE = 0;
const TOMCATS = [1, 2];
const BALANCER = 3;
const ALL = [DATABASE, ...TOMCATS, BALANCER];
const DEPOT = 4;
/** Beside the one where visitors come in there is another one at last, for when that takes a new release. */
const BALANCERS = [BALANCER, DATABASE];
/** A Java that has just started takes long for its first page where the machine has much else to do; the balancers give up before. */
const PATIENCE_SECONDS = 60;
const ROLLING = ["--strategy", "rolling", "--channel", "stable"];
/** What each machine runs, and what it is bound to. */
const SERVICES = ["postgresql", "visits", "visits", "haproxy"];
const BINDS = [
  [],
  ["database:postgresql.default"],
  ["database:postgresql.default"],
  ["backend:visits.default"],
];

let ring: ServiceRing;
let depot: Promise<RingDepot>;
/** Where the balancer listens. */
let port = 8080;

interface Answer {
  readonly message: string;
  readonly visits: number;
  readonly pool: number;
  readonly member: string;
  readonly database: string;
}

/** What a visitor gets; throws when that is not the page. */
async function visit(balancer = BALANCER): Promise<Answer> {
  const { status, text } = await ring.network.http(balancer, port, "/", {
    patienceSeconds: PATIENCE_SECONDS,
  });
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

/** As browsers do where a name has two addresses: where the one takes no connection, the other one is asked. HAProxy and nginx in turn. */
async function visitEither(): Promise<Answer> {
  port = port === 8082 ? 9090 : 8082;
  try {
    return await visit();
  } catch (error) {
    if (!/Unable to connect|ConnectionRefused|ECONNREFUSED/.test(String(error))) throw error;
    return visit(DATABASE);
  }
}

/** Waits until both Tomcats answer, and as wanted; gives the last answer. */
function untilBothAnswer(
  what: string,
  wanted: (answer: Answer) => boolean = () => true,
  ask = visit,
): Promise<Answer> {
  return ring.until(what, async () => {
    const answers = [await ask(), await ask(), await ask(), await ask()];
    const members = new Set(answers.map(({ member }) => member));
    return members.size === TOMCATS.length && answers.every(wanted) ? answers.at(-1) : undefined;
  });
}

/** Has visitors come one after the other until the work is done; gives their answers. None may fail. */
async function visitedDuring(work: Promise<unknown>, ask = visit): Promise<Answer[]> {
  const answers: Answer[] = [];
  let done = false;
  const visitors = async () => {
    while (!done) answers.push(await ask());
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
  const { text } = await ring.network.http(BALANCER, 8404, "/;csv");
  const servers = text.split("\n").filter((line) => /^members,(?!BACKEND)/.test(line));
  return servers.filter((line) => line.split(",")[17]?.startsWith("UP")).length;
}

const servicePid = (member: number) => ring.pid(member, SERVICES[member] ?? "");

describeOnRing("a web application of PostgreSQL, two Tomcats and HAProxy", () => {
  beforeAll(async () => {
    ring = await ServiceRing.make({
      plans: ["postgresql", "visits", "haproxy", "nginx"],
      members: ALL.length,
      others: 1,
      env: depotEnvironment(DEPOT),
    });
    depot = RingDepot.start(ring, DEPOT);
    await Promise.all([
      ...TOMCATS.map((member) => ownReleases(ring, member, ["visits"])),
      ...BALANCERS.map((member) => ownReleases(ring, member, ["haproxy", "nginx"])),
      depot,
    ]);
  }, 600_000);

  afterAll(() => ring?.stop(), 120_000);

  test("answers with what it reads from its database, wherever each part runs", async () => {
    await ring.startAll();
    await ring.apply("postgresql", 'listen = "*"\n[application]\npassword = "first"\n');
    await ring.apply("visits", '[java]\noptions = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"\n');
    await ring.apply("haproxy", '[check]\npath = "/alive.txt"\n[status]\nlisten = "0.0.0.0"\n');
    await Promise.all(
      ALL.map((member) => {
        const bind = BINDS[member]?.flatMap((each) => ["--bind", each]) ?? [];
        return ring.load(SERVICES[member] ?? "", [member], ...ROLLING, ...bind);
      }),
    );

    const first = await untilBothAnswer("both Tomcats answer");
    expect(first).toMatchObject({ message: "Welcome.", pool: 8, database: "10.77.0.1:5432" });
    expect((await visit()).visits).toBe(first.visits + 1);
    expect(await backends()).toBe(2);
    for (const member of ALL) await ring.untilWell(SERVICES[member] ?? "", [member]);
  }, 120_000);

  test("shows what is applied to the application, without a restart", async () => {
    const pids = TOMCATS.map(servicePid);
    const answers = await visitedDuring(
      (async () => {
        await ring.apply(
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
      await ring.crash(victim);
      await ring.until("the balancer has one left", async () => (await backends()) === 1);
    })();
    await visitedDuring(work);
    const answers = [await visit(), await visit(), await visit()];
    expect(new Set(answers.map(({ member }) => member))).toEqual(new Set([Network.address(survivor)]));
    ring.start(victim);
    await visitedDuring(untilBothAnswer("both Tomcats answer again"));
    expect(await backends()).toBe(2);
  }, 120_000);

  test("goes on while a Tomcat is killed, which its Supervisor starts again", async () => {
    const victim = TOMCATS[1] as number;
    const pid = servicePid(victim);
    await ring.run(victim, ["kill", "-KILL", String(pid)]);
    await visitedDuring(
      ring.until("another Tomcat runs", async () => servicePid(victim) !== pid && (await backends()) === 2),
    );
    await visitedDuring(untilBothAnswer("both Tomcats answer again"));
  }, 60_000);

  test("finds its database when that gets another port and password, and is killed", async () => {
    const { visits } = await visit();
    const pids = TOMCATS.map(servicePid);
    await ring.apply("postgresql", 'listen = "*"\nport = 5433\n[application]\npassword = "\'second\\\\"\n');
    const moved = await untilBothAnswer(
      "both use the new port",
      ({ database }) => database === "10.77.0.1:5433",
    );
    expect(moved.visits).toBeGreaterThan(visits);

    const pid = servicePid(DATABASE);
    await ring.run(DATABASE, ["kill", "-KILL", String(pid)]);
    await ring.until("another PostgreSQL runs", () => servicePid(DATABASE) !== pid);
    const after = await untilBothAnswer("both answer with the database that is back");
    expect(after.visits).toBeGreaterThan(moved.visits);
    expect(TOMCATS.map(servicePid)).toEqual(pids);
  }, 60_000);

  test("is asked for also while the balancer's checks find no Tomcat that is well", async () => {
    await ring.apply("haproxy", '[check]\npath = "/nothing"\n[status]\nlisten = "0.0.0.0"\n');
    await ring.until("the checks find none", async () => (await backends()) === 0);
    await untilBothAnswer("both answer nevertheless");
    // And the next one who comes as well.
    await visit();
  }, 30_000);

  test("moves to another port of the balancer", async () => {
    await ring.apply("haproxy", 'port = 9090\n[check]\npath = "/alive.txt"\n[status]\nlisten = "0.0.0.0"\n');
    port = 9090;
    await untilBothAnswer("both answer at the new port");
  }, 30_000);

  test("is answered by nginx before the same group as well", async () => {
    await ring.apply("nginx", "port = 8082\n");
    await ring.load("nginx", BALANCERS, ...ROLLING, "--bind", "backend:visits.default");
    port = 8082;
    await untilBothAnswer("both answer by nginx");
    await ring.untilWell("nginx", BALANCERS);
  }, 60_000);

  test("loses no visitor while a rolling update takes one Tomcat after the other, and one balancer after the other", async () => {
    await ring.load("haproxy", [DATABASE], ...ROLLING, "--bind", "backend:visits.default");
    await ring.untilWell("haproxy", BALANCERS);
    const members: Readonly<Record<string, readonly number[]>> = {
      visits: TOMCATS,
      haproxy: BALANCERS,
      nginx: BALANCERS,
    };
    const { visits } = await visit();
    let release = "";
    const updated = async (service: string) => {
      for (const member of members[service] ?? [])
        await ring.until(
          `${service} has the new release at ${member}`,
          async () => (await ring.release(member, service)) === release,
        );
    };
    const answers = await visitedDuring(
      (async () => {
        release = (await (await depot).release(Object.keys(members)))[0]?.release ?? "";
        await Promise.all(Object.keys(members).map(updated));
        await untilBothAnswer("both Tomcats answer again", undefined, visitEither);
      })(),
      visitEither,
    );
    // Each answer counted one.
    expect((await visit()).visits).toBeGreaterThan(visits + answers.length);
    for (const [service, on] of Object.entries(members)) await ring.untilWell(service, on);
  }, 240_000);
});
