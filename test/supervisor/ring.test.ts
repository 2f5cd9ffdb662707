// Three real Supervisors in an encrypted ring on loopback (docs/ring.md): join, configuration, elections, binds, withdrawal,
// crash, restart, departure. The steps build upon each other.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RingMemberReport, RingStatusReport } from "../../src/supervisor/index.ts";
import { type PackageParts, TestSupervisor } from "./harness.ts";

const KEY = `SYM-SEC-1\nproduction-20260101000000\n\n${Buffer.alloc(32, 7).toString("base64")}`;

/** A replicated database: elects the member with the highest number in its file. */
const DB: PackageParts = {
  toml: "port = 5432\n",
  hooks: {
    suitability: '#!/bin/sh\ncat "{{pkg.svc_data_path}}/rank" 2>/dev/null || echo 1\n',
    reconfigure: "#!/bin/sh\nexit 0\n",
  },
  files: {
    EXPORTS: "port=port\n",
    "config/db.conf":
      "port={{cfg.port}} me={{svc.me.member_id}} leads={{svc.me.leader}} follows={{svc.me.follower}} " +
      "leader={{svc.leader.member_id}}\n",
  },
};
const FRONT: PackageParts = {
  hooks: { reconfigure: "#!/bin/sh\nexit 0\n" },
  files: {
    BINDS: "db=port\n",
    "config/front.conf":
      "leader={{bind.db.leader.member_id}}\n" +
      "{{#each bind.db.members as |member|}}{{member.member_id}}:{{member.cfg.port}}\n{{/each}}",
  },
};

const ring: TestSupervisor[] = [];
const [at, all] = [(index: number) => ring[index] as TestSupervisor, () => ring.filter(Boolean)];
/** Kept here: a Supervisor that left may be asked no more. */
const ids: string[] = [];

/** The first two by id: the one that is to lead next, and the other one. */
function heirs(): [TestSupervisor, TestSupervisor] {
  return [at(0), at(1)].sort((a, b) => (a.memberId < b.memberId ? -1 : 1)) as [
    TestSupervisor,
    TestSupervisor,
  ];
}

async function start(
  peers: readonly TestSupervisor[],
  env: Record<string, string>,
  options: { readonly load?: readonly string[]; readonly memberId?: string } = {},
): Promise<TestSupervisor> {
  const addresses = peers.map(({ gossipAddress }) => gossipAddress).join(" ");
  const args = [...(options.load ?? []), ...(peers.length === 0 ? [] : ["--peer", addresses])];
  const supervisor = await TestSupervisor.create({ args, env });
  supervisor.addPackage("db", DB);
  supervisor.addPackage("front", FRONT);
  supervisor.addPackage("plain");
  if (options.memberId !== undefined) supervisor.write("hab/sup/default/MEMBER_ID", options.memberId);
  return supervisor.start();
}

async function report<Report>(supervisor: TestSupervisor, name: string): Promise<Report> {
  return JSON.parse((await supervisor.get(`/ring/${name}`)).body) as Report;
}

async function healthAt(supervisor: TestSupervisor, id: string): Promise<string | undefined> {
  const members = await report<RingMemberReport[]>(supervisor, "members");
  return members.find((member) => member.id === id)?.health;
}

interface Group {
  readonly leader_id: string | null;
  readonly population: Record<string, unknown>;
}

async function group(supervisor: TestSupervisor, name: string): Promise<Group | undefined> {
  const census = JSON.parse((await supervisor.get("/census")).body) as {
    census_groups: Record<string, Group>;
  };
  return census.census_groups[name];
}

const conf = (supervisor: TestSupervisor, name: string) => {
  try {
    return supervisor.read(`hab/svc/${name}/config/${name}.conf`);
  } catch {
    return "";
  }
};

/** Waits until each of these Supervisors has rendered that this member leads. */
async function untilLed(supervisors: readonly TestSupervisor[], leader: string): Promise<void> {
  for (const supervisor of supervisors) {
    await supervisor.until(
      () => conf(supervisor, "db").includes(`leader=${leader}`),
      `${leader} to lead db.default`,
    );
  }
}

beforeAll(async () => {
  ring.push(await start([], { HAB_RING_KEY: KEY, HAB_FEAT_TRIGGER_ELECTION: "1" }));
  ring.push(...(await Promise.all([1, 2].map(() => start([at(0)], { HAB_RING_KEY: KEY })))));
  ids.push(...ring.map(({ memberId }) => memberId));
  // Against the order of ids, which decides among equals.
  heirs()[0].write("hab/svc/db/data/rank", "9\n");
}, 30_000);

afterAll(async () => {
  await Promise.all(all().map((supervisor) => supervisor.stop()));
});

describe("a ring of three", () => {
  test("forms by one --peer, encrypted with the key of the environment", async () => {
    for (const supervisor of ring) {
      await supervisor.until(async () => {
        const { members, ring_key } = await report<RingStatusReport>(supervisor, "status");
        return members.alive === 3 && ring_key === "production-20260101000000";
      }, "three members");
      expect(supervisor.read("hab/cache/keys/production-20260101000000.sym.key")).toBe(KEY);
    }
  }, 30_000);

  test("does not let in who has no key, and tells that one why", async () => {
    const stranger = await start([at(0)], {});
    try {
      await stranger.until(async () => {
        const { exit, err } = await stranger.hab("ring", "status");
        return exit === 1 && err.includes(`no peer is reached: ${at(0).gossipAddress}`);
      }, "the stranger to say that it reaches nobody");
      expect(await healthAt(at(0), stranger.memberId)).toBeUndefined();
    } finally {
      await stranger.stop();
    }
  }, 30_000);

  test("elects a leader; services start only then, and know whom they follow", async () => {
    // The first one is alone in its group, and so is elected.
    for (const index of [2, 0, 1]) {
      const { exit, err } = await at(index).hab("svc", "load", "vec/db", "--topology", "leader");
      if (exit !== 0) throw new Error(err);
      await untilLed([at(index)], ids[2] as string);
    }
    for (const supervisor of ring) await supervisor.up("db");
    const roles = ring.map((supervisor) =>
      / leads=(\w+) follows=(\w+)/.exec(conf(supervisor, "db"))?.slice(1),
    );
    expect(roles).toEqual([
      ["false", "true"],
      ["false", "true"],
      ["true", "false"],
    ]);
    const { exit, out } = await at(0).hab("ring", "status", "--json");
    expect(JSON.parse(out)).toMatchObject({
      problems: [],
      groups: [{ service_group: "db.default", alive: 3, election: "finished", leader: ids[2], quorum: true }],
    });
    expect(exit).toBe(0);
  }, 30_000);

  test("holds an election when a file asks for it; the leader that is well keeps its place", async () => {
    const trigger = "hab/sup/default/data/trigger_db.default_election";
    at(0).write(trigger, "");
    for (const supervisor of ring) {
      await supervisor.until(async () => {
        const { groups } = await report<RingStatusReport>(supervisor, "status");
        return groups.some(
          ({ term, leader, election }) => term === 1 && leader === ids[2] && election === "finished",
        );
      }, "the election of term 1 to be finished");
    }
    expect(existsSync(join(at(0).root, trigger))).toBe(false);
  }, 30_000);

  test("renders at each member what was applied at one", async () => {
    await at(1).apply("db.default", 1, "port = 6000\n");
    for (const supervisor of ring)
      await supervisor.until(() => conf(supervisor, "db").startsWith("port=6000 "), "the new port");
    const { out } = await at(0).hab("ring", "rumors", "--kind", "service-config", "--json");
    expect(JSON.parse(out)).toMatchObject([{ service_group: "db.default", incarnation: 1 }]);
  }, 30_000);

  test("binds a service to the members and the leader of a group elsewhere", async () => {
    await at(0).load("front", "--bind", "db:db.default");
    const members = [...ids].sort().map((id) => `${id}:6000\n`);
    await at(0).until(
      () => conf(at(0), "front") === `leader=${ids[2]}\n${members.join("")}`,
      "the bind to show all three with what they export",
    );
  }, 30_000);

  test("forgets a service that is unloaded, and knows it again when it is back", async () => {
    const isKnown = async () =>
      Object.keys((await group(at(0), "plain.default"))?.population ?? {}).length === 1;
    await at(1).load("plain");
    await at(0).until(isKnown, "the service in the census of another member");
    await at(1).hab("svc", "unload", "vec/plain");
    await at(0).until(async () => !(await isKnown()), "the service gone from the census of another member");
    await at(1).load("plain");
    await at(0).until(isKnown, "the service back in the census of another member");
  }, 30_000);

  test("takes a restarted Supervisor for the same, and not for one that left", async () => {
    const before = at(1).supervisorPid;
    const seen = new Set<string | undefined>();
    await at(1).hab("sup", "restart");
    await at(1).until(async () => {
      seen.add(await healthAt(at(0), ids[1] as string));
      return at(1).said("Reattaching to db.default") === 1 && (await at(1).get("/services")).status === 200;
    }, "a new Supervisor");
    expect(at(1).supervisorPid).not.toBe(before);
    // On a machine that is slow it may be missed meanwhile, but nobody may think that it left.
    expect([...seen].filter((health) => health === "departed" || health === undefined)).toEqual([]);
    await untilLed(ring, ids[2] as string);
  }, 30_000);

  test("elects the most suitable of those left when the leader is gone, and takes it back as a follower", async () => {
    await at(2).crash();
    const [heir] = heirs();
    await untilLed([at(0), at(1)], heir.memberId);
    await at(2).start();
    await untilLed(ring, heir.memberId);
    await at(2).until(
      async () => (await healthAt(at(0), ids[2] as string)) === "alive",
      "it to be alive again",
    );
  }, 40_000);

  test("keeps its leader when a member joins that would win among equals", async () => {
    const [heir] = heirs();
    const memberId = "f".repeat(32);
    const newcomer = await start(
      [at(0)],
      { HAB_RING_KEY: KEY },
      { load: ["vec/db", "--topology", "leader"], memberId },
    );
    try {
      await untilLed([...ring, newcomer], heir.memberId);
      await newcomer.up("db");
      for (const supervisor of [...ring, newcomer]) {
        const { groups } = await report<RingStatusReport>(supervisor, "status");
        expect(groups).toContainEqual(expect.objectContaining({ leader: heir.memberId, members: 4 }));
      }
      for (const supervisor of ring)
        expect(conf(supervisor, "db").split(" leader=")[1]).toBe(`${heir.memberId}\n`);
    } finally {
      await newcomer.stop();
    }
  }, 30_000);

  test("sees a member that ends orderly as departed at once", async () => {
    process.kill(at(2).launcherPid, "SIGTERM");
    await at(0).until(async () => (await healthAt(at(0), ids[2] as string)) === "departed", "the departure");
    expect(await at(2).exited).toBe(0);
  }, 30_000);

  test("a member told to depart ends with 86, and departs again when it is started", async () => {
    const { exit } = await at(0).hab("sup", "depart", ids[1] as string);
    expect(exit).toBe(0);
    expect(await at(1).exited).toBe(86);
    expect(await healthAt(at(0), ids[1] as string)).toBe("departed");
    at(1).launch();
    expect(await at(1).exited).toBe(86);
  }, 30_000);
});

test("a missing ring key keeps a Supervisor from starting, and it says what to do", async () => {
  const supervisor = await TestSupervisor.create({ args: ["--ring", "nobody"] });
  try {
    supervisor.launch();
    expect(await supervisor.exited).toBe(86);
    expect(supervisor.log.join("\n")).toContain(
      "Cannot use the ring key 'nobody': No revisions found for nobody",
    );
    expect(supervisor.log.join("\n")).toContain("hab ring key import");
  } finally {
    rmSync(supervisor.root, { recursive: true, force: true });
  }
}, 30_000);
