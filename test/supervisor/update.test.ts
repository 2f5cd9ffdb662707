// Packages from a depot: installed at load, updated at once when promoted, kept with the strategy none, rolled back when
// demoted, old releases removed (reference/services.md §15, §24 test_at_once_service_updater).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
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

async function publish(ident: string): Promise<void> {
  const hart = await makeHart(ident, {
    SVC_USER: "root\n",
    SVC_GROUP: "root\n",
    run: "#!/bin/sh\nexec sleep 100000\n",
  });
  const path = join(depot.directory, `${ident.replaceAll("/", "-")}.hart`);
  writeFileSync(path, hart.bytes);
  await client.uploadPackage(path, {
    ident: parseFullIdent(ident),
    target: TARGET,
    checksum: hart.checksum,
    forced: false,
  });
}

const promote = (ident: string) => client.promotePackage(parseFullIdent(ident), "stable", TARGET);
const isInstalled = (ident: string) => existsSync(join(supervisor.root, "hab/pkgs", ident, "IDENT"));
const running = async (name: string) => (await supervisor.service(name))?.pkg.ident;

beforeAll(async () => {
  depot = await startTestDepot();
  client = createDepotClient({ url: depot.url, token: new Secret(await depot.account("tester")) });
  await client.createOrigin("vec");
  await client.uploadPublicKey(originKeys("vec").publicKey.id, publicKeyText("vec"));
  for (const ident of [FIRST, SECOND, FIRST.replace("app", "still"), SECOND.replace("app", "still")]) {
    await publish(ident);
  }
  await promote(FIRST);
  await promote(FIRST.replace("app", "still"));
  supervisor = await TestSupervisor.create({
    args: ["--keep-latest-packages=1"],
    env: {
      HAB_UPDATE_STRATEGY_PERIOD_MS: "100",
      HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK: "1",
      HAB_BLDR_URL: depot.url,
    },
  });
  await supervisor.start();
});

afterAll(async () => {
  await supervisor.stop();
  await depot.stop();
});

describe("a package that is not here", () => {
  test("is installed from the depot when its service is loaded", async () => {
    const { exit, out } = await supervisor.hab("svc", "load", "vec/still", "--channel", "stable");
    expect(exit).toBe(0);
    expect(out).toContain("» Installing vec/still\n");
    expect(out).toContain("✓ Installed vec/still/1.0.0/20260101000001\n");
    expect((await supervisor.up("still")).pkg.ident).toBe(FIRST.replace("app", "still"));
  });

  test("that the channel does not have is an error that says so, and nothing is loaded", async () => {
    const { exit, err } = await supervisor.hab("svc", "load", "vec/absent", "--channel", "stable");
    expect(exit).toBe(1);
    expect(err).toContain("vec/absent");
    expect((await supervisor.hab("svc", "status", "vec/absent")).exit).toBe(1);
  });
});

describe("a newer release", () => {
  test("is taken at once when it is promoted, by a service that wants it", async () => {
    const options = ["--channel", "stable", "--strategy", "at-once", "--update-condition", "track-channel"];
    const before = await supervisor.load("app", ...options);
    expect(before.pkg.ident).toBe(FIRST);
    await promote(SECOND);
    await promote(SECOND.replace("app", "still"));
    await supervisor.until(async () => (await running("app")) === SECOND, "the update");
    const after = await supervisor.up("app", before.process.pid);
    expect(after.last_process_state?.termination_reason).toBe("package_updated");
    expect(after.restart_count).toBe(0);
    await supervisor.until(
      () => !isInstalled(FIRST),
      "the old release to be removed (--keep-latest-packages=1)",
    );
    expect(isInstalled(SECOND)).toBe(true);
  });

  test("is left alone by a service with the strategy none", async () => {
    expect(await running("still")).toBe(FIRST.replace("app", "still"));
  });

  test("is taken by that service once it is told to", async () => {
    const { exit } = await supervisor.hab(
      ..."svc update vec/still --channel stable --strategy at-once".split(" "),
    );
    expect(exit).toBe(0);
    await supervisor.until(
      async () => (await running("still")) === SECOND.replace("app", "still"),
      "the update",
    );
  });

  test("that is demoted is rolled back by a service that tracks its channel", async () => {
    await client.demotePackage(parseFullIdent(SECOND), "stable", TARGET);
    await supervisor.until(async () => (await running("app")) === FIRST, "the way back");
    await supervisor.up("app");
    expect(isInstalled(SECOND)).toBe(false);
  });
});

describe("a depot that is gone", () => {
  test("holds up updates only", async () => {
    await depot.restart(); // on another port: the one the services know answers no more
    await supervisor.until(() => supervisor.said("Unable to look for an update") > 0, "the complaint");
    expect((await supervisor.hab("svc", "stop", "vec/still")).exit).toBe(0);
    await supervisor.until(
      async () => (await supervisor.service("still"))?.process.state === "down",
      "still to be down",
    );
    expect((await supervisor.service("app"))?.process.state).toBe("up");
  });
});
