// The Supervisor hears of a change of a channel from our depot, and looks at once instead of at its next time.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../src/crypto/index.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { makeHart, originKeys, publicKeyText } from "../../src/depot/testing/harts.ts";
import { createDepotClient, type DepotClient } from "../../src/depot-client/index.ts";
import { parseFullIdent, parseTarget } from "../../src/package/index.ts";
import { TestSupervisor } from "./harness.ts";

const TARGET = parseTarget("x86_64-linux");
const FIRST = "vec/app/1.0.0/20260101000001";
const SECOND = "vec/app/1.0.0/20260101000002";

let depot: TestDepot;
let client: DepotClient;
let supervisor: TestSupervisor;

const promote = (ident: string) => client.promotePackage(parseFullIdent(ident), "stable", TARGET);
const running = async () => (await supervisor.service("app"))?.pkg.ident;

beforeAll(async () => {
  depot = await startTestDepot();
  client = createDepotClient({ url: depot.url, token: new Secret(await depot.account("tester")) });
  await client.createOrigin("vec");
  await client.uploadPublicKey(originKeys("vec").publicKey.id, publicKeyText("vec"));
  for (const ident of [FIRST, SECOND]) {
    const hart = await makeHart(ident, {
      SVC_USER: "root\n",
      SVC_GROUP: "root\n",
      run: "#!/bin/sh\nexec sleep 100000\n",
    });
    const path = join(depot.directory, `${ident.replaceAll("/", "-")}.hart`);
    writeFileSync(path, hart.bytes);
    const { checksum } = hart;
    await client.uploadPackage(path, {
      ident: parseFullIdent(ident),
      target: TARGET,
      checksum,
      forced: false,
    });
  }
  await promote(FIRST);
  // Looking by the clock comes in hours: what happens here was told.
  supervisor = await TestSupervisor.create({
    env: { HAB_UPDATE_STRATEGY_PERIOD_MS: String(24 * 3600_000), HAB_BLDR_URL: depot.url },
  });
  await supervisor.start();
  const options = ["--channel", "stable", "--strategy", "at-once", "--update-condition", "track-channel"];
  expect((await supervisor.load("app", ...options)).pkg.ident).toBe(FIRST);
});

afterAll(async () => {
  await supervisor.stop();
  await depot.stop();
});

test("a promotion is taken when it happens, and a demotion as well", async () => {
  await promote(SECOND);
  await supervisor.until(async () => (await running()) === SECOND, "the update");
  await client.demotePackage(parseFullIdent(SECOND), "stable", TARGET);
  await supervisor.until(async () => (await running()) === FIRST, "the way back");
});

test("a rollback of the channel is taken when it happens", async () => {
  await promote(SECOND);
  await supervisor.until(async () => (await running()) === SECOND, "the update");
  const words = { to: 2, dryRun: false, withoutGone: false, expectedState: undefined };
  await client.rollBackChannel("vec", "stable", words);
  await supervisor.until(async () => (await running()) === FIRST, "the way back");
});
