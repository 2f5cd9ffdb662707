// Five Supervisors of the real program, each on a machine of its own in a real network, in an encrypted ring: what happens to
// them when machines die and the network does what networks do (docs/ring.md). The steps build upon each other.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RingMemberReport, RingStatusReport } from "../../src/supervisor/index.ts";
import { type BackgroundProcess, until } from "./machine.ts";
import { type Fault, Network, whyNoNetwork } from "./network.ts";

const KEY = `SYM-SEC-1\nproduction-20260101000000\n\n${Buffer.alloc(32, 7).toString("base64")}`;
const PACKAGE = "hab/pkgs/acme/db/1.0.0/20260101000000";
/** A replicated database that elects its leader. */
const DB: Readonly<Record<string, string>> = {
  [`${PACKAGE}/IDENT`]: "acme/db/1.0.0/20260101000000\n",
  [`${PACKAGE}/TARGET`]: "x86_64-linux\n",
  [`${PACKAGE}/SVC_USER`]: "root\n",
  [`${PACKAGE}/SVC_GROUP`]: "root\n",
  [`${PACKAGE}/default.toml`]: "port = 5432\n",
  [`${PACKAGE}/config/db.conf`]: "port={{cfg.port}} leader={{svc.leader.member_id}}\n",
  [`${PACKAGE}/hooks/run`]: "#!/bin/sh\nexec sleep 100000\n",
  [`${PACKAGE}/hooks/reconfigure`]: "#!/bin/sh\nexit 0\n",
};
const COUNT = 5;
const ALL = [0, 1, 2, 3, 4];
/** The higher id wins among equals: the first leader is member 0, then 1, … */
const idOf = (member: number) => String(9 - member).repeat(32);
const IDS = ALL.map(idOf);

const impossible = whyNoNetwork();
let network: Network;
const supervisors: BackgroundProcess[] = [];

const place = (member: number) => network.machines[member]?.directory ?? "";

function start(member: number): void {
  const machine = network.machines[member];
  if (machine === undefined) throw new Error(`no machine ${member}`);
  const peers = [0, 1].map(Network.address);
  const options = ["--peer", ...peers, ...(member < 2 ? ["--permanent-peer"] : [])];
  supervisors[member] = machine.background(["hab", "sup", "run", ...options], { env: { HAB_RING_KEY: KEY } });
}

function status(member: number): Promise<RingStatusReport | undefined> {
  return network.get<RingStatusReport>(member, "/ring/status");
}

/** The health of all members as one of them sees it, in the order of their numbers. */
async function view(member: number): Promise<string[]> {
  const members = await network.get<RingMemberReport[]>(member, "/ring/members");
  return IDS.map((id) => members?.find((each) => each.id === id)?.health ?? "unknown");
}

/** Waits until each of `members` sees exactly these alive, and the others in another health than that. */
async function untilSeen(
  members: readonly number[],
  alive: readonly number[],
  dead = "confirmed",
): Promise<void> {
  const wanted = ALL.map((member) => (alive.includes(member) ? "alive" : dead)).join(" ");
  let seen: string[] = [];
  for (const member of members)
    await until(`${member} sees ${wanted}`, async () => {
      seen = await view(member);
      return seen.join(" ") === wanted;
    }).catch((error) => {
      throw new Error(`${error.message}, but ${seen.join(" ")}\n${supervisors[member]?.output()}`);
    });
}

interface Led {
  readonly leader: number | undefined;
  readonly election: string | undefined;
  readonly quorum: boolean | null | undefined;
}

async function led(member: number): Promise<Led> {
  const group = (await status(member))?.groups.find(({ service_group }) => service_group === "db.default");
  const leader = group?.leader == null ? undefined : IDS.indexOf(group.leader);
  return { leader, election: group?.election, quorum: group?.quorum };
}

/** Waits until these members agree on a leader with a quorum, and have rendered it; gives its number. */
async function untilLed(members: readonly number[], among: readonly number[] = members): Promise<number> {
  return until(`${members} agree on a leader`, async () => {
    const views = await Promise.all(members.map(led));
    const leader = views[0]?.leader;
    if (leader === undefined || !among.includes(leader)) return undefined;
    const agree = views.every(
      (each) => each.leader === leader && each.quorum === true && each.election === "finished",
    );
    return agree && members.every((member) => rendered(member).includes(`leader=${idOf(leader)}`))
      ? leader
      : undefined;
  });
}

function rendered(member: number): string {
  try {
    return readFileSync(join(place(member), "hab/svc/db/config/db.conf"), "utf8");
  } catch {
    return "";
  }
}

async function apply(member: number, version: number, toml: string): Promise<void> {
  await network.machines[member]?.run(["hab", "config", "apply", "db.default", String(version)], {
    input: toml,
  });
}

async function untilRendered(members: readonly number[], text: string): Promise<void> {
  for (const member of members)
    await until(`${member} has rendered ${text}`, () => rendered(member).includes(text));
}

/** Probes that a member has brought to an end. */
async function probes(member: number): Promise<number> {
  const metrics = await network.get<string>(member, "/metrics");
  return Number(/^hab_butterfly_swim_probes_sent_total\{type="ping"\} (\d+)/m.exec(metrics ?? "")?.[1] ?? 0);
}

/** Under these faults each member probes `count` times; gives every health that anybody was seen in meanwhile. */
async function healthsUnder(faults: readonly Fault[], count: number): Promise<string[]> {
  network.impose(...faults);
  const before = await Promise.all(ALL.map(probes));
  const seen = new Set<string>();
  await until("all have probed under the fault", async () => {
    for (const health of (await Promise.all(ALL.map(view))).flat()) seen.add(health);
    const now = await Promise.all(ALL.map(probes));
    return now.every((number, member) => number >= (before[member] ?? 0) + count);
  });
  network.impose();
  return [...seen].sort();
}

const title = "five Supervisors in a real network";
describe.skipIf(impossible !== undefined)(
  impossible === undefined ? title : `${title} (skipped: ${impossible})`,
  () => {
    beforeAll(async () => {
      network = await Network.start(COUNT);
      for (const member of ALL)
        for (const [path, text] of Object.entries({ ...DB, "hab/sup/default/MEMBER_ID": idOf(member) })) {
          const file = join(place(member), path);
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, text, { mode: 0o755 });
        }
    }, 30_000);

    afterAll(() => network?.stop(), 30_000);

    test("form a ring", async () => {
      for (const member of ALL) start(member);
      await untilSeen(ALL, ALL);
      for (const member of ALL) expect((await status(member))?.ring_key).toBe("production-20260101000000");
    }, 30_000);

    test("elect a leader", async () => {
      await Promise.all(
        ALL.map((member) =>
          network.machines[member]?.run(["hab", "svc", "load", "acme/db", "--topology", "leader"]),
        ),
      );
      await untilLed(ALL);
      const found = await network.machines[4]?.run(["hab", "ring", "status", "--json"]);
      expect(JSON.parse(found?.stdout ?? "")).toMatchObject({
        problems: [],
        members: { alive: COUNT },
        groups: [{ service_group: "db.default", alive: COUNT, election: "finished", quorum: true }],
      });
    }, 30_000);

    test("render everywhere what is applied at one", async () => {
      await apply(3, 1, "port = 6001\n");
      await untilRendered(ALL, "port=6001 ");
    }, 30_000);

    test("all notice a Supervisor that is killed, and that it is back", async () => {
      const leader = await untilLed(ALL);
      const victim = leader === 4 ? 3 : 4;
      const others = ALL.filter((member) => member !== victim);
      await supervisors[victim]?.kill();
      await untilSeen(others, others);
      expect(await untilLed(others)).toBe(leader);
      start(victim);
      await untilSeen(ALL, ALL);
      expect(await untilLed(ALL)).toBe(leader);
    }, 30_000);

    test("replace a leader that is killed", async () => {
      const leader = await untilLed(ALL);
      const others = ALL.filter((member) => member !== leader);
      await supervisors[leader]?.kill();
      const next = await untilLed(others);
      start(leader);
      await untilSeen(ALL, ALL);
      expect(await untilLed(ALL)).toBe(next);
    }, 30_000);

    test("go on where the majority is when the network breaks in two, and agree again when it is whole", async () => {
      const leader = await untilLed(ALL);
      const minority = [leader, (leader + 1) % COUNT];
      const majority = ALL.filter((member) => !minority.includes(member));
      network.impose({ kind: "cut", from: minority, to: majority });
      const next = await untilLed(majority);
      await untilSeen(majority, majority);
      await untilSeen(minority, minority);
      for (const member of minority)
        await until(
          "the minority knows that it has no quorum",
          async () => (await led(member)).quorum === false,
        );
      await apply(majority[0] as number, 2, "port = 6002\n");
      await untilRendered(majority, "port=6002 ");
      expect(minority.map((member) => rendered(member).includes("port=6002"))).toEqual([false, false]);

      network.impose();
      await untilSeen(ALL, ALL);
      expect(await untilLed(ALL)).toBe(next);
      await untilRendered(ALL, "port=6002 ");
    }, 60_000);

    test("take nobody for dead that one of them does not hear, nor for want of TCP", async () => {
      const leader = await untilLed(ALL);
      const healths = await healthsUnder([{ kind: "cut", from: [2], to: [3], oneWay: true }], 3);
      expect(healths).not.toContain("confirmed");
      expect(
        await healthsUnder([{ kind: "cut", from: [1], to: [0, 2, 3, 4], only: "tcp" }], 3),
      ).not.toContain("confirmed");
      await untilSeen(ALL, ALL);
      expect(await untilLed(ALL)).toBe(leader);
    }, 30_000);

    test("take nobody for dead that loses a fifth of its packets", async () => {
      expect(await healthsUnder([{ kind: "loss", machine: 2, percent: 20 }], 5)).not.toContain("confirmed");
      await untilSeen(ALL, ALL);
    }, 30_000);

    test("take for dead whom nobody hears any more, and believe it when it is heard again", async () => {
      const leader = await untilLed(ALL);
      const mute = leader === 4 ? 3 : 4;
      const others = ALL.filter((member) => member !== mute);
      network.impose({ kind: "cut", from: [mute], to: others, oneWay: true });
      await untilSeen(others, others);
      network.impose();
      await untilSeen(ALL, ALL);
      expect(await untilLed(ALL)).toBe(leader);
    }, 60_000);

    test("keep in touch by TCP with a member whose datagrams are blocked", async () => {
      network.impose({ kind: "cut", from: [1], to: [0, 2, 3, 4], only: "udp" });
      await apply(1, 3, "port = 6003\n");
      await untilRendered(ALL, "port=6003 ");
      network.impose();
      await untilSeen(ALL, ALL);
    }, 60_000);

    test("find each other again after a power cut, with the same leader", async () => {
      const leader = await untilLed(ALL);
      await Promise.all(supervisors.map((supervisor) => supervisor.kill()));
      for (const member of ALL) start(member);
      await untilSeen(ALL, ALL);
      expect(await untilLed(ALL)).toBe(leader);
      await untilRendered(ALL, "port=6003 ");
    }, 30_000);

    test("know at once of a Supervisor that ends in order", async () => {
      const victim = (await untilLed(ALL)) === 4 ? 3 : 4;
      const others = ALL.filter((member) => member !== victim);
      await network.machines[victim]?.run(["hab", "sup", "term"]);
      expect(await supervisors[victim]?.exited).toBe(0);
      await untilSeen(others, others, "departed");
    }, 30_000);
  },
);
