// A group of three real MariaDB servers that elects its primary (plans/mariadb/README.md), each on a machine of its own in a real
// network: the others have what it is told, one of them takes its place when its machine dies, and it comes back as a replica
// of that. The steps build upon each other.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type BackgroundProcess, until } from "./machine.ts";
import { Network, whyNoNetwork } from "./network.ts";
import { packagesOf } from "./packages.ts";

const CONFIGURATION = `listen = "0.0.0.0"
[application]
password = "the application's"
[replication]
password = 'between \\ members: "2"'
`;
const ALL = [0, 1, 2];
const PATIENT_SECONDS = 90;

const impossible = whyNoNetwork();
let network: Network;
const supervisors: BackgroundProcess[] = [];

function start(member: number): void {
  const words = ["hab", "sup", "run", "--permanent-peer", "--sys-ip-address", Network.address(member)];
  const others = ALL.filter((other) => other !== member).map(Network.address);
  const machine = network.machines[member];
  supervisors[member] = machine?.background([...words, "--peer", ...others]) as BackgroundProcess;
}

/** What the member's server answers to root. */
async function ask(member: number, query: string): Promise<string> {
  const words = ["mariadb", "--no-defaults", "--socket", "/hab/svc/mariadb/var/mariadbd.sock", "--batch"];
  const all = ["hab", "pkg", "exec", "core/mariadb", ...words, "--skip-column-names", "--execute", query];
  return (await network.machines[member]?.run(all))?.stdout.trim() ?? "";
}

/** Waits until one of the members takes writes and all others replicate from it; gives its number. */
function untilReplicated(members: readonly number[]): Promise<number> {
  return until(
    `${members} are one primary and its replicas`,
    async () => {
      const readOnly = await Promise.all(members.map((member) => ask(member, "select @@read_only")));
      const primaries = members.filter((_, index) => readOnly[index] === "0");
      const [primary] = primaries;
      if (primary === undefined || primaries.length > 1) return undefined;
      const replicas = members.filter((member) => member !== primary);
      const said = await Promise.all(replicas.map((member) => ask(member, "show slave status")));
      const from = Network.address(primary);
      return said.every((line) => line.includes(`\t${from}\t`) && line.split("\tYes\tYes\t").length === 2)
        ? primary
        : undefined;
    },
    PATIENT_SECONDS,
  ).catch((error) => {
    const outputs = supervisors.map((each) => each.output().slice(-8000)).join("\n---\n");
    throw new Error(`${error.message}: ${error.cause}\n${outputs}`);
  });
}

/** Waits until all members have the same words. */
async function untilAllHave(words: string): Promise<void> {
  await until(`all have ${words}`, async () => {
    const query = "select group_concat(word order by word) from application.said";
    const each = await Promise.all(ALL.map((member) => ask(member, query)));
    return each.every((one) => one === words);
  });
}

const title = "three MariaDB servers that elect their primary";
describe.skipIf(impossible !== undefined)(
  impossible === undefined ? title : `${title} (skipped: ${impossible})`,
  () => {
    beforeAll(async () => {
      const packages = await packagesOf("mariadb");
      network = await Network.start(ALL.length);
      await Promise.all(network.machines.map((machine) => packages.giveTo(machine)));
    }, 600_000);

    afterAll(() => network?.stop(), 30_000);

    test("are a primary and two replicas that have what it is told", async () => {
      for (const member of ALL) start(member);
      await network.untilRingIsWhole(ALL);
      await network.machines[0]?.run(["hab", "config", "apply", "mariadb.default", "1"], {
        input: CONFIGURATION,
      });
      const load = ["hab", "svc", "load", "core/mariadb", "--topology", "leader"];
      await Promise.all(
        ALL.map((member) => network.machines[member]?.run([...load, "--health-check-interval", "2"])),
      );
      const primary = await untilReplicated(ALL);
      await ask(
        primary,
        "create table application.said (word varchar(20)); insert into application.said values ('first')",
      );
      await untilAllHave("first");
      for (const member of ALL)
        await until(`member ${member} is well`, async () =>
          (
            await network.get<{ status: string }>(member, "/services/mariadb/default/health")
          )?.status.startsWith("OK"),
        );
    }, 180_000);

    test("go on with another primary when its machine dies, and take it back with what they have", async () => {
      const primary = await untilReplicated(ALL);
      const others = ALL.filter((member) => member !== primary);
      // A write that reaches no replica: who comes back with it has what the others have not.
      network.impose({ kind: "cut", from: [primary], to: others });
      await ask(primary, "insert into application.said values ('unheard')");
      await supervisors[primary]?.kill();
      const next = await untilReplicated(others);
      await ask(next, "insert into application.said values ('second')");

      network.impose();
      start(primary);
      expect(await untilReplicated(ALL)).toBe(next);
      await untilAllHave("first,second");
      await ask(next, "insert into application.said values ('third')");
      await untilAllHave("first,second,third");
    }, 300_000);
  },
);
