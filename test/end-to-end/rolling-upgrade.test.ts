// Groups of three databases that elect their primary take a new release by `--strategy rolling`, from a depot to which it is
// promoted: those that follow first and the primary last (docs/updates.md), and nothing that a client was told is written is lost
// meanwhile. All groups are on the same three machines, and change at the same time.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { statSync } from "node:fs";
import {
  CountingClient,
  type DatabaseGroup,
  loadGroup,
  MARIADB,
  POSTGRESQL,
  REDIS,
  untilReplicated,
} from "./database-group.ts";
import { type NextRelease, ownReleases } from "./next-release.ts";
import { depotEnvironment, RingDepot } from "./ring-depot.ts";
import { describeOnRing, ServiceRing } from "./service-ring.ts";

const GROUPS = [REDIS, POSTGRESQL, MARIADB].map((group) => [group.service, group] as const);
const NAMES = GROUPS.map(([name]) => name);
const ALL = [0, 1, 2];
/** Where the depot and the clients are. */
const OUTSIDE = 3;

let ring: ServiceRing;
let released: readonly NextRelease[];
const clients = new Map<DatabaseGroup, CountingClient>();
const primaries = new Map<DatabaseGroup, number>();

/** When the process of each member was started, in the order of that. */
const startOrder = (service: string) =>
  [...ALL].sort((a, b) => startedAtMs(a, service) - startedAtMs(b, service));
const startedAtMs = (member: number, service: string) =>
  statSync(ring.file(member, `svc/${service}/PID`)).mtimeMs;

describeOnRing("a group of three that elects its primary and has the strategy rolling", () => {
  beforeAll(async () => {
    ring = await ServiceRing.make({
      plans: NAMES,
      members: ALL.length,
      others: 1,
      env: depotEnvironment(OUTSIDE),
    });
    const depot = RingDepot.start(ring, OUTSIDE);
    await Promise.all(ALL.map((member) => ownReleases(ring, member, NAMES)));
    await ring.startAll();
    for (const [, group] of GROUPS)
      await loadGroup(ring, group, "--strategy", "rolling", "--channel", "stable");
    for (const [, group] of GROUPS) {
      await untilReplicated(ring, group);
      clients.set(group, new CountingClient(ring, group, OUTSIDE));
    }
    for (const [name, group] of GROUPS) {
      await clients.get(group)?.untilMoreIsWritten();
      await ring.untilWell(name, ALL);
      // As it is when the update begins.
      primaries.set(group, await untilReplicated(ring, group));
    }
    released = await (await depot).release(NAMES);
  }, 600_000);

  afterAll(() => ring?.stop(), 120_000);

  test.each(GROUPS)(
    "%s: those that follow change first and the primary last, and nothing is lost",
    async (service, group) => {
      const release = released.find(({ name }) => name === service)?.release;
      for (const member of ALL)
        await ring.until(
          `${service} has the new release at ${member}`,
          async () => (await ring.release(member, service)) === release,
          { seconds: 180 },
        );
      expect(startOrder(service).at(-1)).toBe(primaries.get(group) as number);
      expect(await untilReplicated(ring, group)).toBe(primaries.get(group) as number);
      const client = clients.get(group);
      await client?.untilMoreIsWritten();
      await client?.expectNothingIsLost();
      await ring.untilWell(service, ALL);
      await client?.stop();
    },
    300_000,
  );
});
