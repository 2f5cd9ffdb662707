// A group of three real Redis servers that elects its primary (docs/example-redis-group.md), each on a machine of its own in a
// real network: what clients read and write when the primary's machine dies, and when the network cuts it off. The steps build
// upon each other.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  askRedisOf,
  giveCertificate,
  loadGroup,
  REDIS,
  redisReplication,
  untilReplicated,
} from "./database-group.ts";
import { askRedis, type Reply } from "./redis-client.ts";
import { describeOnRing, ServiceRing } from "./service-ring.ts";

const ALL = [0, 1, 2];
let ring: ServiceRing;
const replicated = (members: readonly number[] = ALL) => untilReplicated(ring, REDIS, members);
const redis = (member: number, ...commands: readonly string[]) => askRedisOf(ring, member, ...commands);

/** Writes and waits until so many replicas have it. */
async function write(member: number, key: string, value: string, replicas: number): Promise<void> {
  await ring.until(`${key} is written`, async () => (await redis(member, `SET ${key} ${value}`)) === "OK");
  // WAIT counts for what the same connection wrote.
  expect(await redis(member, `SET ${key} ${value}`, `WAIT ${replicas} 5000`)).toBeGreaterThanOrEqual(
    replicas,
  );
}

const read = (members: readonly number[], key: string) =>
  Promise.all(members.map((member) => redis(member, `GET ${key}`)));

/** Whether the member's suitability is what it has heard of the primary: more than nothing. */
const hasHeard = (member: number) =>
  Number(readFileSync(ring.file(member, "svc/redis/logs/suitability.stdout.log"), "utf8")) > 0;

describeOnRing("three Redis servers that elect their primary", () => {
  beforeAll(async () => {
    ring = await ServiceRing.make({ plans: ["redis"], members: ALL.length });
  }, 600_000);

  afterAll(() => ring?.stop(), 120_000);

  test("are a primary and two replicas that have what it is told", async () => {
    await ring.startAll();
    await loadGroup(ring, REDIS);
    const primary = await replicated();
    await write(primary, "greeting", "hello", 2);
    expect(await read(ALL, "greeting")).toEqual(["hello", "hello", "hello"]);
    await ring.until("each says in elections how much it has heard", () => ALL.every(hasHeard));
    const replica = (primary + 1) % ALL.length;
    expect(await redis(replica, "SET greeting changed")).toStartWith("-READONLY");
    expect((await askRedis(ring.network, primary, ["GET", "greeting"]))[0]).toStartWith("-NOAUTH");
  }, 120_000);

  test("go on with another primary when its machine dies, and take it back as a replica", async () => {
    const primary = await replicated();
    const others = ALL.filter((member) => member !== primary);
    await write(primary, "before", "acknowledged", 2);
    await ring.crash(primary);
    const next = await replicated(others);
    expect(await read(others, "before")).toEqual(["acknowledged", "acknowledged"]);
    await write(next, "after", "written", 1);

    ring.start(primary);
    expect(await replicated()).toBe(next);
    expect(await read(ALL, "after")).toEqual(["written", "written", "written"]);
  }, 120_000);

  test("go on where the majority is when the primary is cut off, and agree when it is back", async () => {
    const primary = await replicated();
    const others = ALL.filter((member) => member !== primary);
    await write(primary, "before", "cut", 2);
    ring.network.impose({ kind: "cut", from: [primary], to: others });
    // It does not know of the other one, so it is still a primary; but one that takes nothing it would lose.
    await ring.until("the old primary takes no writes", async () =>
      String(await redis(primary, "SET lost write")).startsWith("-NOREPLICAS"),
    );
    const next = await replicated(others);
    await write(next, "before", "healed", 1);
    expect((await redisReplication(ring, primary))["role"]).toBe("master");
    expect(await redis(primary, "GET before")).toBe("cut");

    ring.network.impose();
    expect(await replicated()).toBe(next);
    expect(await read(ALL, "before")).toEqual(["healed", "healed", "healed"]);
    expect(await read(ALL, "lost")).toEqual([null, null, null]);
    const sizes = await Promise.all(ALL.map((member) => redis(member, "DBSIZE")));
    expect(new Set(sizes).size).toBe(1);
  }, 120_000);

  test("change their configuration together, the password too", async () => {
    const primary = await replicated();
    const pids = await Promise.all(ALL.map((member) => redis(member, "INFO server")));
    const other = 'another "one"';
    await ring.apply(
      "redis",
      `${REDIS.configuration.replace("max_lag = 2", "max_lag = 3").replace(/^password = .*$/m, `password = '${other}'`)}`,
    );
    for (const member of ALL)
      await ring.until("the new password holds", async () => {
        const [allowed, lag] = await askRedis(
          ring.network,
          member,
          ["AUTH", other],
          "CONFIG GET min-replicas-max-lag",
        );
        return allowed === "OK" && Array.isArray(lag) && lag[1] === "3";
      });
    await ring.apply("redis", REDIS.configuration);
    expect(await replicated()).toBe(primary);
    const pid = (text: Reply | undefined) => /process_id:(\d+)/.exec(String(text))?.[1];
    const now = await Promise.all(ALL.map((member) => redis(member, "INFO server")));
    expect(now.map(pid)).toEqual(pids.map(pid));
  }, 60_000);

  test("replicate by TLS once they have a certificate and know who signed it", async () => {
    const primary = await replicated();
    await giveCertificate(ring, REDIS, 'authority = "/hab/svc/redis/files/server.pem"\n');
    for (const member of ALL.filter((other) => other !== primary))
      await ring.until(`${member} follows by TLS`, async () => {
        const { master_port, master_link_status } = await redisReplication(ring, member);
        return master_port === "6380" && master_link_status === "up";
      });
    await write(primary, "by", "TLS", 2);
    expect(await read(ALL, "by")).toEqual(["TLS", "TLS", "TLS"]);
    expect(await replicated()).toBe(primary);
  }, 60_000);
});
