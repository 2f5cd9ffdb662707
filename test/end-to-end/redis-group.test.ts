// A group of three real Redis servers that elects its primary (docs/example-redis-group.md), each on a machine of its own in a
// real network: what clients read and write when the primary's machine dies, and when the network cuts it off. The steps build
// upon each other.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BackgroundProcess, until } from "./machine.ts";
import { Network, whyNoNetwork } from "./network.ts";
import { packagesOf } from "./packages.ts";
import { askRedis, type Reply } from "./redis-client.ts";

const PASSWORD = 'between us "two"';
const CONFIGURATION = `bind = "0.0.0.0"
password = '${PASSWORD}'
min_replicas_to_write = 1
min_replicas_max_lag = 2
`;
const ALL = [0, 1, 2];

const impossible = whyNoNetwork();
let network: Network;
const supervisors: BackgroundProcess[] = [];

function start(member: number): void {
  const words = ["hab", "sup", "run", "--permanent-peer", "--sys-ip-address", Network.address(member)];
  const others = ALL.filter((other) => other !== member).map(Network.address);
  supervisors[member] = network.machines[member]?.background([
    ...words,
    "--peer",
    ...others,
  ]) as BackgroundProcess;
}

async function run(member: number, ...command: readonly string[]): Promise<void> {
  await network.machines[member]?.run(command);
}

/** What Redis answers to the last of the commands. */
async function redis(member: number, ...commands: readonly string[]): Promise<Reply | undefined> {
  const [allowed, ...replies] = await askRedis(network, member, ["AUTH", PASSWORD], ...commands);
  if (allowed !== "OK") throw new Error(String(allowed));
  return replies.at(-1);
}

/** What Redis says of its replication: role, master_host, master_link_status, connected_slaves, … */
async function replication(member: number): Promise<Record<string, string>> {
  const lines = String(await redis(member, "INFO replication")).split("\r\n");
  return Object.fromEntries(lines.filter((line) => line.includes(":")).map((line) => line.split(/:(.*)/)));
}

/** Waits until one of the members is the primary and all others are replicas that hear it; gives its number. */
function untilReplicated(members: readonly number[]): Promise<number> {
  return until(`${members} are one primary and its replicas`, async () => {
    const said = await Promise.all(members.map(replication));
    const primaries = members.filter((_, index) => said[index]?.["role"] === "master");
    const [primary] = primaries;
    if (primary === undefined || primaries.length > 1) return undefined;
    const hearing = said.filter(
      ({ role, master_host, master_link_status }) =>
        role === "slave" && master_host === Network.address(primary) && master_link_status === "up",
    );
    return hearing.length === members.length - 1 ? primary : undefined;
  }).catch((error) => {
    throw new Error(
      `${error.message}: ${error.cause}\n${supervisors.map((each) => each.output()).join("\n---\n")}`,
    );
  });
}

/** Writes and waits until so many replicas have it. */
async function write(member: number, key: string, value: string, replicas: number): Promise<void> {
  await until(`${key} is written`, async () => (await redis(member, `SET ${key} ${value}`)) === "OK");
  // WAIT counts for what the same connection wrote.
  expect(await redis(member, `SET ${key} ${value}`, `WAIT ${replicas} 5000`)).toBeGreaterThanOrEqual(
    replicas,
  );
}

const read = (members: readonly number[], key: string) =>
  Promise.all(members.map((member) => redis(member, `GET ${key}`)));

/** Whether the member's suitability is what it has heard of the primary: more than nothing. */
function hasHeard(member: number): boolean {
  const directory = network.machines[member]?.directory ?? "";
  return Number(readFileSync(join(directory, "hab/svc/redis/logs/suitability.stdout.log"), "utf8")) > 0;
}

const title = "three Redis servers that elect their primary";
describe.skipIf(impossible !== undefined)(
  impossible === undefined ? title : `${title} (skipped: ${impossible})`,
  () => {
    beforeAll(async () => {
      const packages = await packagesOf("redis");
      network = await Network.start(ALL.length);
      await Promise.all(network.machines.map((machine) => packages.giveTo(machine)));
    }, 600_000);

    afterAll(() => network?.stop(), 30_000);

    test("are a primary and two replicas that have what it is told", async () => {
      for (const member of ALL) start(member);
      await network.untilRingIsWhole(ALL);
      // Said to the group before there is one.
      await network.machines[0]?.run(["hab", "config", "apply", "redis.default", "1"], {
        input: CONFIGURATION,
      });
      const load = ["hab", "svc", "load", "core/redis", "--topology", "leader"];
      await Promise.all(ALL.map((member) => run(member, ...load, "--health-check-interval", "2")));
      const primary = await untilReplicated(ALL);
      await write(primary, "greeting", "hello", 2);
      expect(await read(ALL, "greeting")).toEqual(["hello", "hello", "hello"]);
      await until("each says in elections how much it has heard", () => ALL.every(hasHeard));
      const replica = (primary + 1) % ALL.length;
      expect(await redis(replica, "SET greeting changed")).toStartWith("-READONLY");
      expect((await askRedis(network, primary, ["GET", "greeting"]))[0]).toStartWith("-NOAUTH");
    }, 60_000);

    test("go on with another primary when its machine dies, and take it back as a replica", async () => {
      const primary = await untilReplicated(ALL);
      const others = ALL.filter((member) => member !== primary);
      await write(primary, "before", "acknowledged", 2);
      await supervisors[primary]?.kill();
      const next = await untilReplicated(others);
      expect(await read(others, "before")).toEqual(["acknowledged", "acknowledged"]);
      await write(next, "after", "written", 1);

      start(primary);
      expect(await untilReplicated(ALL)).toBe(next);
      expect(await read(ALL, "after")).toEqual(["written", "written", "written"]);
    }, 60_000);

    test("go on where the majority is when the primary is cut off, and agree when it is back", async () => {
      const primary = await untilReplicated(ALL);
      const others = ALL.filter((member) => member !== primary);
      await write(primary, "before", "cut", 2);
      network.impose({ kind: "cut", from: [primary], to: others });
      // It does not know of the other one, so it is still a primary; but one that takes nothing it would lose.
      await until("the old primary takes no writes", async () =>
        String(await redis(primary, "SET lost write")).startsWith("-NOREPLICAS"),
      );
      const next = await untilReplicated(others);
      await write(next, "before", "healed", 1);
      expect((await replication(primary))["role"]).toBe("master");
      expect(await redis(primary, "GET before")).toBe("cut");

      network.impose();
      expect(await untilReplicated(ALL)).toBe(next);
      expect(await read(ALL, "before")).toEqual(["healed", "healed", "healed"]);
      expect(await read(ALL, "lost")).toEqual([null, null, null]);
      const sizes = await Promise.all(ALL.map((member) => redis(member, "DBSIZE")));
      expect(new Set(sizes).size).toBe(1);
    }, 60_000);

    test("change their configuration together, the password too", async () => {
      const primary = await untilReplicated(ALL);
      const pids = await Promise.all(ALL.map((member) => redis(member, "INFO server")));
      await network.machines[1]?.run(["hab", "config", "apply", "redis.default", "2"], {
        input: CONFIGURATION.replace("max_lag = 2", "max_lag = 3").replace(PASSWORD, "another"),
      });
      for (const member of ALL)
        await until("the new password holds", async () => {
          const [allowed, lag] = await askRedis(
            network,
            member,
            ["AUTH", "another"],
            "CONFIG GET min-replicas-max-lag",
          );
          return allowed === "OK" && Array.isArray(lag) && lag[1] === "3";
        });
      await network.machines[1]?.run(["hab", "config", "apply", "redis.default", "3"], {
        input: CONFIGURATION,
      });
      expect(await untilReplicated(ALL)).toBe(primary);
      const pid = (text: Reply | undefined) => /process_id:(\d+)/.exec(String(text))?.[1];
      const now = await Promise.all(ALL.map((member) => redis(member, "INFO server")));
      expect(now.map(pid)).toEqual(pids.map(pid));
    }, 30_000);
  },
);
