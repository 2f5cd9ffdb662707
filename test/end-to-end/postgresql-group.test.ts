// A group of three real PostgreSQL servers that elects its primary (plans/postgresql/README.md), each on a machine of its own in a
// real network, and a client that counts what is acknowledged: nothing of it may be missing when the primary's machine dies, nor
// when the network cuts it off, and the old primary comes back as a standby that has what the others have. The steps build
// upon each other.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { type BackgroundProcess, PROJECT, until } from "./machine.ts";
import { Network, whyNoNetwork } from "./network.ts";
import { packagesOf } from "./packages.ts";

const PASSWORD = "the application's";
const CONFIGURATION = `listen = "*"
[application]
password = "${PASSWORD}"
[replication]
password = 'between \\ members: "2"'
synchronous = 1
`;
const ALL = [0, 1, 2];
const CLIENT = 3;
/** A member that comes back goes through crash recovery, an election and pg_rewind. */
const PATIENT_SECONDS = 90;

const impossible = whyNoNetwork();
let network: Network;
let client: BackgroundProcess;
const supervisors: BackgroundProcess[] = [];

function start(member: number): void {
  const words = ["hab", "sup", "run", "--permanent-peer", "--sys-ip-address", Network.address(member)];
  const others = ALL.filter((other) => other !== member).map(Network.address);
  const machine = network.machines[member];
  supervisors[member] = machine?.background([...words, "--peer", ...others]) as BackgroundProcess;
}

/** What the member's server answers to the superuser. */
async function ask(member: number, query: string, database = "postgres"): Promise<string> {
  const psql = ["hab", "pkg", "exec", "core/postgresql", "psql", "--host", "/hab/svc/postgresql/var"];
  const words = ["--username", "postgres", "--no-align", "--tuples-only", "--dbname", database];
  const found = await network.machines[member]?.run([...psql, ...words, "--command", query], {
    env: { PGCONNECT_TIMEOUT: "5" },
  });
  return found?.stdout.trim() ?? "";
}

/** Waits until one of the members is the primary and all others stream from it; gives its number. */
function untilReplicated(members: readonly number[]): Promise<number> {
  return until(
    `${members} are one primary and its standbys`,
    async () => {
      const recover = await Promise.all(members.map((member) => ask(member, "select pg_is_in_recovery()")));
      const primaries = members.filter((_, index) => recover[index] === "f");
      const [primary] = primaries;
      if (primary === undefined || primaries.length > 1) return undefined;
      const standbys = await ask(
        primary,
        "select count(*) from pg_stat_replication where state = 'streaming'",
      );
      return Number(standbys) === members.length - 1 ? primary : undefined;
    },
    PATIENT_SECONDS,
  ).catch((error) => {
    const outputs = supervisors.map((each) => each.output().slice(-8000)).join("\n---\n");
    throw new Error(
      `${error.message}: ${error.cause}\n${outputs}\n--- client\n${client?.output().slice(-1000)}`,
    );
  });
}

/** The numbers that the client was told are written. */
const acknowledged = () =>
  [...client.output().matchAll(/^acknowledged (\d+)\n/gm)].map(([, number]) => Number(number));

/** Waits until some more is acknowledged, by any member or by this one. */
async function untilMoreIsWritten(member?: number): Promise<void> {
  const before = client.output().length;
  await until(
    "the client's writes are acknowledged",
    () => {
      const said = client.output().slice(before);
      const there =
        member === undefined ||
        client.output().lastIndexOf("writes to") ===
          client.output().lastIndexOf(`writes to ${Network.address(member)}\n`);
      return there && [...said.matchAll(/^acknowledged /gm)].length >= 20;
    },
    PATIENT_SECONDS,
  ).catch((error) => {
    const outputs = supervisors.map((each) => each.output().slice(-8000)).join("\n---\n");
    throw new Error(`${error.message}\n${outputs}\n--- client\n${client.output().slice(-1000)}`);
  });
}

/** Everything that was acknowledged so far is on all members, and they have the same. */
async function expectNothingIsLost(): Promise<void> {
  const told = acknowledged();
  const newest = told.at(-1) ?? 0;
  const found = await until("all members have what was acknowledged last", async () => {
    const each = await Promise.all(
      ALL.map((member) =>
        ask(member, `select number from ledger where number <= ${newest} order by 1`, "application"),
      ),
    );
    return each.every((one) => one === each[0]) && each[0]?.endsWith(`${newest}`) ? each[0] : undefined;
  });
  const written = new Set(found.split("\n").map(Number));
  expect(told.filter((number) => !written.has(number))).toEqual([]);
}

const title = "three PostgreSQL servers that elect their primary";
describe.skipIf(impossible !== undefined)(
  impossible === undefined ? title : `${title} (skipped: ${impossible})`,
  () => {
    beforeAll(async () => {
      const packages = await packagesOf("postgresql");
      network = await Network.start(ALL.length + 1);
      await Promise.all(network.machines.map((machine) => packages.giveTo(machine)));
    }, 600_000);

    afterAll(() => network?.stop(), 30_000);

    test("are a primary and two standbys that have what it is told", async () => {
      for (const member of ALL) start(member);
      await network.untilRingIsWhole(ALL);
      await network.machines[0]?.run(["hab", "config", "apply", "postgresql.default", "1"], {
        input: CONFIGURATION,
      });
      const load = ["hab", "svc", "load", "core/postgresql", "--topology", "leader"];
      await Promise.all(
        ALL.map((member) => network.machines[member]?.run([...load, "--health-check-interval", "2"])),
      );
      await untilReplicated(ALL);
      const writer = join(PROJECT, "test/end-to-end/postgresql-client.ts");
      client = network.machines[CLIENT]?.background([
        process.execPath,
        writer,
        PASSWORD,
        ...ALL.map(Network.address),
      ]) as BackgroundProcess;
      await untilMoreIsWritten();
      await expectNothingIsLost();
      for (const member of ALL)
        await until(`member ${member} is well`, async () =>
          (
            await network.get<{ status: string }>(member, "/services/postgresql/default/health")
          )?.status.startsWith("OK"),
        );
    }, 180_000);

    test("have the same primary again when its server is killed", async () => {
      const primary = await untilReplicated(ALL);
      const told = acknowledged().length;
      const pid = "/hab/svc/postgresql/data/15/postmaster.pid";
      await network.machines[primary]?.run(["sh", "-c", `kill -KILL $(head -n 1 ${pid})`]);
      await until("the client goes on", () => acknowledged().length > told + 20, PATIENT_SECONDS);
      expect(await untilReplicated(ALL)).toBe(primary);
      await expectNothingIsLost();
    }, 180_000);

    test("lose nothing when the primary's machine dies, and take it back as a standby", async () => {
      const primary = await untilReplicated(ALL);
      const others = ALL.filter((member) => member !== primary);
      await supervisors[primary]?.kill();
      const next = await untilReplicated(others);
      await untilMoreIsWritten(next);

      start(primary);
      expect(await untilReplicated(ALL)).toBe(next);
      await untilMoreIsWritten(next);
      await expectNothingIsLost();
    }, 300_000);

    test("lose nothing when the primary is cut off, and agree when it is back", async () => {
      const primary = await untilReplicated(ALL);
      const others = ALL.filter((member) => member !== primary);
      const told = acknowledged().length;
      // The client goes on with the old primary as long as that acknowledges anything.
      network.impose({ kind: "cut", from: [primary], to: others });
      const next = await untilReplicated(others);
      expect(next).not.toBe(primary);
      await untilMoreIsWritten(next);
      // One that knows nothing of its successor, and promises nothing it could not keep.
      expect(await ask(primary, "select pg_is_in_recovery()")).toBe("f");
      expect(acknowledged().length).toBeGreaterThan(told);

      network.impose();
      expect(await untilReplicated(ALL)).toBe(next);
      await untilMoreIsWritten(next);
      await expectNothingIsLost();
    }, 300_000);
  },
);
