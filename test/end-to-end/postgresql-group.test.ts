// A group of three real PostgreSQL servers that elects its primary (plans/postgresql/README.md), each on a machine of its own in a
// real network, and a client that counts what is acknowledged: nothing of it may be missing when the primary's machine dies, nor
// when the network cuts it off, and the old primary comes back as a standby that has what the others have. The steps build
// upon each other.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  askPostgresql,
  CountingClient,
  giveCertificate,
  loadGroup,
  POSTGRESQL,
  untilReplicated,
} from "./database-group.ts";
import { describeOnRing, ServiceRing } from "./service-ring.ts";

const ALL = [0, 1, 2];
const CLIENT = 3;
let ring: ServiceRing;
let client: CountingClient;
const replicated = (members: readonly number[] = ALL) => untilReplicated(ring, POSTGRESQL, members);

describeOnRing("three PostgreSQL servers that elect their primary", () => {
  beforeAll(async () => {
    ring = await ServiceRing.make({ plans: ["postgresql"], members: ALL.length, others: 1 });
  }, 600_000);

  afterAll(() => ring?.stop(), 120_000);

  test("are a primary and two standbys that have what it is told", async () => {
    await ring.startAll();
    await loadGroup(ring, POSTGRESQL);
    await replicated();
    client = new CountingClient(ring, POSTGRESQL, CLIENT);
    await client.untilMoreIsWritten();
    await client.expectNothingIsLost();
    await ring.untilWell("postgresql", ALL);
  }, 180_000);

  test("have the same primary again when its server is killed", async () => {
    const primary = await replicated();
    const pid = "/hab/svc/postgresql/data/15/postmaster.pid";
    await ring.run(primary, ["sh", "-c", `kill -KILL $(head -n 1 ${pid})`]);
    await client.untilMoreIsWritten();
    expect(await replicated()).toBe(primary);
    await client.expectNothingIsLost();
  }, 180_000);

  test("lose nothing when the primary's machine dies, and take it back as a standby", async () => {
    const primary = await replicated();
    await ring.crash(primary);
    const next = await replicated(ALL.filter((member) => member !== primary));
    await client.untilMoreIsWritten(next);

    ring.start(primary);
    expect(await replicated()).toBe(next);
    await client.untilMoreIsWritten(next);
    await client.expectNothingIsLost();
  }, 300_000);

  test("lose nothing when the primary is cut off, and agree when it is back", async () => {
    const primary = await replicated();
    const others = ALL.filter((member) => member !== primary);
    const told = client.acknowledged().length;
    // The client goes on with the old primary as long as that acknowledges anything.
    ring.network.impose({ kind: "cut", from: [primary], to: others });
    const next = await replicated(others);
    expect(next).not.toBe(primary);
    await client.untilMoreIsWritten(next);
    // One that knows nothing of its successor, and promises nothing it could not keep.
    expect(await askPostgresql(ring, primary, "select pg_is_in_recovery()")).toBe("f");
    expect(client.acknowledged().length).toBeGreaterThan(told);

    ring.network.impose();
    expect(await replicated()).toBe(next);
    await client.untilMoreIsWritten(next);
    await client.expectNothingIsLost();
  }, 300_000);

  test("replicate by TLS once they have a certificate", async () => {
    const primary = await replicated();
    const pids = () => ALL.map((member) => ring.pid(member, "postgresql"));
    const before = pids();
    await giveCertificate(ring, POSTGRESQL);
    await ring.until(
      "the primary speaks TLS",
      async () => (await askPostgresql(ring, primary, "show ssl")) === "on",
    );
    // What is connected already stays as it is.
    await askPostgresql(ring, primary, "select pg_terminate_backend(pid) from pg_stat_replication");
    const byTls = "select count(*) from pg_stat_replication join pg_stat_ssl using (pid) where ssl";
    await ring.until(
      "both standbys come by TLS",
      async () => (await askPostgresql(ring, primary, byTls)) === "2",
    );
    await client.untilMoreIsWritten();
    expect(await replicated()).toBe(primary);
    expect(pids()).toEqual(before);
    await client.expectNothingIsLost();
  }, 120_000);
});
