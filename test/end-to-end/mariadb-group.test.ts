// A group of three real MariaDB servers that elects its primary (plans/mariadb/README.md), each on a machine of its own in a real
// network: the others have what it is told, one of them takes its place when its machine dies, and it comes back as a replica
// of that. The steps build upon each other.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { askMariadb, giveCertificate, loadGroup, MARIADB, untilReplicated } from "./database-group.ts";
import { describeOnRing, ServiceRing } from "./service-ring.ts";

const ALL = [0, 1, 2];
let ring: ServiceRing;
const replicated = (members: readonly number[] = ALL) => untilReplicated(ring, MARIADB, members);
const say = (member: number, query: string) => askMariadb(ring, member, query);

/** Waits until all members have the same words. */
async function untilAllHave(words: string): Promise<void> {
  await ring.until(`all have ${words}`, async () => {
    const query = "select group_concat(word order by word) from application.said";
    const each = await Promise.all(ALL.map((member) => say(member, query)));
    return each.every((one) => one === words);
  });
}

describeOnRing("three MariaDB servers that elect their primary", () => {
  beforeAll(async () => {
    ring = await ServiceRing.make({ plans: ["mariadb"], members: ALL.length });
  }, 600_000);

  afterAll(() => ring?.stop(), 120_000);

  test("are a primary and two replicas that have what it is told", async () => {
    await ring.startAll();
    await loadGroup(ring, MARIADB);
    const primary = await replicated();
    await say(
      primary,
      "create table application.said (word varchar(20)); insert into application.said values ('first')",
    );
    await untilAllHave("first");
    await ring.untilWell("mariadb", ALL);
  }, 180_000);

  test("go on with another primary when its machine dies, and take it back with what they have", async () => {
    const primary = await replicated();
    const others = ALL.filter((member) => member !== primary);
    // A write that reaches no replica: who comes back with it has what the others have not.
    ring.network.impose({ kind: "cut", from: [primary], to: others });
    await say(primary, "insert into application.said values ('unheard')");
    await ring.crash(primary);
    const next = await replicated(others);
    await say(next, "insert into application.said values ('second')");

    ring.network.impose();
    ring.start(primary);
    expect(await replicated()).toBe(next);
    await untilAllHave("first,second");
    await say(next, "insert into application.said values ('third')");
    await untilAllHave("first,second,third");
  }, 300_000);

  test("replicate by TLS once they have a certificate, which then everybody needs", async () => {
    const primary = await replicated();
    await giveCertificate(ring, MARIADB, "required = true\n");
    await ring.until("both replicas come by TLS", async () => {
      const accepted = await askMariadb(ring, primary, "show global status like 'Ssl_finished_accepts'");
      return Number(accepted.split("\t")[1]) >= 2;
    });
    // What comes by network from here on has come by TLS.
    expect(await askMariadb(ring, primary, "select @@require_secure_transport")).toBe("1");
    expect(await replicated()).toBe(primary);
    await say(primary, "insert into application.said values ('zeroth')");
    await untilAllHave("first,second,third,zeroth");
  }, 120_000);
});
