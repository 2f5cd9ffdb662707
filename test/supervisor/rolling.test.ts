// A rolling update on four real Supervisors in a ring on loopback, with an embedded depot (reference/services.md §15, §24;
// docs/updates.md): promoted, one by one; the leader killed in the midst of it; demoted in the midst of it; an old member
// back; releases that cannot run. Who was up when comes from the services themselves. The steps build upon each other.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../src/crypto/index.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { makeHart, originKeys, publicKeyText } from "../../src/depot/testing/harts.ts";
import { createDepotClient, type DepotClient } from "../../src/depot-client/index.ts";
import { parseFullIdent, parseTarget } from "../../src/package/index.ts";
import type { RingStatusReport } from "../../src/supervisor/index.ts";
import { TestSupervisor } from "./harness.ts";

const TARGET = parseTarget("x86_64-linux");
const LIMIT_MS = 40_000;
const ident = (release: number) => `vec/app/1.0.0/2026010100000${release}`;

/** Notes when it comes up and goes down, and is slow at both. */
const RUN = `#!/bin/sh
note() { echo "$(date +%s%N) $1 {{pkg.release}}" >> {{pkg.svc_data_path}}/times; }
trap 'note down; sleep 0.2; exit 0' TERM
note up
while :; do sleep 0.05; done
`;
const GOOD = { "hooks/run": RUN, "hooks/init": "#!/bin/sh\nsleep 0.2\n" };
/** Releases 1 to 5 run; 6 ends at once; 7 wants a bind nobody has given. */
const RELEASES: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  1: GOOD,
  2: GOOD,
  3: GOOD,
  4: GOOD,
  5: GOOD,
  6: { "hooks/run": "#!/bin/sh\nexit 1\n" },
  7: { ...GOOD, BINDS: "db=port\n" },
};

let depot: TestDepot;
let client: DepotClient;
/** By member id: the last one leads the updates. */
const group: TestSupervisor[] = [];
const at = (index: number) => group[index] as TestSupervisor;

const promote = (release: number) => client.promotePackage(parseFullIdent(ident(release)), "stable", TARGET);
const demote = (release: number) => client.demotePackage(parseFullIdent(ident(release)), "stable", TARGET);

interface Moment {
  readonly atNs: bigint;
  readonly what: "up" | "down";
  readonly release: number;
  readonly member: number;
}

/** What the services of these members noted, in order of time. */
function moments(...members: number[]): Moment[] {
  const all = (members.length === 0 ? [0, 1, 2, 3] : members).flatMap((member) => {
    const path = join(at(member).root, "hab/svc/app/data/times");
    if (!existsSync(path)) return [];
    return readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => {
        const [time = "", what = "", release = ""] = line.split(" ");
        return { atNs: BigInt(time), what: what as Moment["what"], release: Number(release.at(-1)), member };
      });
  });
  return all.sort((a, b) => (a.atNs < b.atNs ? -1 : 1));
}

/** The most members that were down at one time, of those that had been up. */
function mostDown(all: readonly Moment[]): number {
  const down = new Set<number>();
  let most = 0;
  for (const { what, member } of all) {
    if (what === "down") down.add(member);
    else down.delete(member);
    most = Math.max(most, down.size);
  }
  return most;
}

const starts = (all: readonly Moment[]) =>
  all.filter(({ what }) => what === "up").map(({ member, release }) => `${member} ${release}`);

async function runs(member: number): Promise<string | undefined> {
  const service = await at(member).service("app");
  return service?.process.state === "up" ? service.pkg.ident : undefined;
}

/** Waits until these members run the release and have all told so. */
async function untilAllRun(release: number, members: readonly number[]): Promise<void> {
  for (const member of members)
    await at(member).until(
      async () => (await runs(member)) === ident(release),
      `${member} to run release ${release}`,
    );
  for (const member of members)
    await at(member).until(async () => {
      const { groups } = await status(member);
      const update = groups.find(({ service_group }) => service_group === "app.default")?.update;
      return update !== null && update?.release === ident(release) && update.done === members.length;
    }, `${member} to know that all run release ${release}`);
}

async function status(member: number): Promise<RingStatusReport> {
  return JSON.parse((await at(member).get("/ring/status")).body) as RingStatusReport;
}

async function publish(release: number): Promise<void> {
  const hart = await makeHart(ident(release), {
    SVC_USER: "root\n",
    SVC_GROUP: "root\n",
    ...RELEASES[release],
  });
  const path = join(depot.directory, `${release}.hart`);
  writeFileSync(path, hart.bytes);
  const options = { ident: parseFullIdent(ident(release)), target: TARGET, checksum: hart.checksum };
  await client.uploadPackage(path, { ...options, forced: false });
}

async function start(index: number): Promise<TestSupervisor> {
  const supervisor = await TestSupervisor.create({
    args: index === 0 ? [] : ["--peer", at(0).gossipAddress],
    env: {
      HAB_UPDATE_STRATEGY_PERIOD_MS: "500",
      HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK: "1",
      HAB_BLDR_URL: depot.url,
    },
  });
  supervisor.write("hab/sup/default/MEMBER_ID", String(index + 1).repeat(32));
  return supervisor.start();
}

async function load(member: number): Promise<void> {
  await at(member).load(
    "app",
    ..."--channel stable --strategy rolling --update-condition track-channel".split(" "),
  );
}

beforeAll(async () => {
  depot = await startTestDepot();
  client = createDepotClient({ url: depot.url, token: new Secret(await depot.account("tester")) });
  await client.createOrigin("vec");
  await client.uploadPublicKey(originKeys("vec").publicKey.id, publicKeyText("vec"));
  for (const release of Object.keys(RELEASES)) await publish(Number(release));
  await promote(1);
  group.push(await start(0));
  group.push(...(await Promise.all([1, 2, 3].map(start))));
  // One after the other: the first is alone when it comes, the last is known to all before it leads.
  for (const member of [3, 0, 1, 2]) await load(member);
}, LIMIT_MS);

afterAll(async () => {
  await Promise.all(group.map((supervisor) => supervisor.stop()));
  await depot.stop();
});

describe("a group of four with the strategy rolling", () => {
  test(
    "changes to a promoted release one by one, the update leader first",
    async () => {
      await at(0).until(
        async () => (await status(0)).groups[0]?.update?.leader === "4".repeat(32),
        "the fourth to lead the updates",
      );
      await promote(2);
      await untilAllRun(2, [0, 1, 2, 3]);
      const all = moments();
      expect(starts(all).slice(4)).toEqual(["3 2", "0 2", "1 2", "2 2"]);
      expect(mostDown(all)).toBe(1);
      const { exit, out } = await at(1).hab("ring", "status");
      expect(out).toContain(`app.default  4 of 4  ${ident(2)}`);
      expect(exit).toBe(0);
    },
    LIMIT_MS,
  );

  test(
    "goes on when the leader is killed in the midst of it, and takes the old leader along when it is back",
    async () => {
      await promote(3);
      await at(0).until(() => starts(moments()).includes("0 3"), "the first follower to have changed");
      await at(3).crash();
      await untilAllRun(3, [0, 1, 2]);
      await promote(4);
      await untilAllRun(4, [0, 1, 2]);
      expect(mostDown(moments(0, 1, 2))).toBe(1);
      await at(3).start();
      await untilAllRun(4, [0, 1, 2, 3]);
      expect(starts(moments(3)).slice(-2)).toEqual(["3 3", "3 4"]);
    },
    LIMIT_MS,
  );

  test(
    "goes back when the release is demoted in the midst of it; the others never take it",
    async () => {
      const before = starts(moments()).length;
      await promote(5);
      await at(0).until(
        () => starts(moments()).some((start) => start.endsWith(" 5")),
        "the leader to have changed",
      );
      await demote(5);
      await at(0).until(
        () =>
          starts(moments())
            .slice(before + 1)
            .some((start) => start.endsWith(" 4")),
        "a return",
      );
      await untilAllRun(4, [0, 1, 2, 3]);
      const took = starts(moments())
        .slice(before)
        .filter((start) => start.endsWith(" 5"));
      expect(took.length).toBeLessThanOrEqual(2);
      expect(mostDown(moments(0, 1, 2))).toBe(1);
    },
    LIMIT_MS,
  );

  test(
    "stops at the leader when a release does not stay up, says so everywhere, and is whole once it is demoted",
    async () => {
      await promote(6);
      const [leader, follower] = await leaderAndFollower();
      await at(leader).until(
        async () => (await at(leader).hab("svc", "status")).err.includes("does not stay up"),
        "the leader to say that the release does not stay up",
      );
      await at(follower).until(async () => {
        const { exit, err } = await at(follower).hab("ring", "status");
        return exit === 1 && err.includes("app.default: its update waits for the update leader");
      }, "another member to say whom it waits for");
      for (const member of [0, 1, 2, 3].filter((each) => each !== leader))
        expect(await runs(member)).toBe(ident(4));
      await demote(6);
      await untilAllRun(4, [0, 1, 2, 3]);
      for (const member of [leader, follower])
        await at(member).until(
          async () => (await status(member)).problems.length === 0,
          "no problem to be left",
        );
    },
    LIMIT_MS,
  );

  test(
    "takes no service down for a release it cannot be made of",
    async () => {
      const before = moments().length;
      await promote(7);
      const [leader] = await leaderAndFollower();
      await at(leader).until(
        async () => (await at(leader).hab("svc", "status")).err.includes("Missing required bind(s), db"),
        "the leader to say what the release lacks",
      );
      await demote(7);
      await untilAllRun(4, [0, 1, 2, 3]);
      await at(leader).until(
        async () => (await status(leader)).problems.length === 0,
        "no problem to be left",
      );
      expect(moments().length).toBe(before);
    },
    LIMIT_MS,
  );
});

async function leaderAndFollower(): Promise<[number, number]> {
  const id = (await status(0)).groups[0]?.update?.leader ?? "";
  const leader = Number(id[0]) - 1;
  return [leader, (leader + 1) % 4];
}
