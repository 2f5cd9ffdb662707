// The Supervisor's pages on a real ring: three Supervisors on loopback with an embedded depot. A service's configuration with its
// layers and without its secrets, what its hook printed, a rolling update seen as it goes, a member that leaves.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../src/crypto/index.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { makeHart, originKeys, publicKeyText } from "../../src/depot/testing/harts.ts";
import { createDepotClient, type DepotClient } from "../../src/depot-client/index.ts";
import { parseFullIdent, parseTarget } from "../../src/package/index.ts";
import { TestSupervisor } from "../supervisor/harness.ts";
import { browserOfThisFile } from "./browser.ts";

const LIMIT_MS = 120_000;
const TARGET = parseTarget("x86_64-linux");
const ident = (release: number) => `vec/app/1.0.0/2026010100000${release}`;
const FILES = {
  SVC_USER: "root\n",
  SVC_GROUP: "root\n",
  "hooks/run": "#!/bin/sh\nexec sleep 100000\n",
  // The second release is initialized when the test says so: each step of the update stays to be seen.
  "hooks/init":
    "#!/bin/sh\ncase {{pkg.release}} in *2) while [ ! -e {{pkg.svc_data_path}}/go ]; do sleep 0.05; done ;; esac\n",
  "hooks/health-check": "#!/bin/sh\nprintf '\\033[32mfine\\033[0m with {{cfg.db_password}}\\n'\n",
  "default.toml": 'port = 1\nname = "of the package"\ndb_password = "never-to-be-seen"\n',
};

const browser = browserOfThisFile();
const members: TestSupervisor[] = [];
const at = (index: number) => members[index] as TestSupervisor;
let depot: TestDepot;
let client: DepotClient;

async function publish(release: number): Promise<void> {
  const hart = await makeHart(ident(release), FILES);
  const path = join(depot.directory, `${release}.hart`);
  writeFileSync(path, hart.bytes);
  const options = { ident: parseFullIdent(ident(release)), target: TARGET, checksum: hart.checksum };
  await client.uploadPackage(path, { ...options, forced: false });
}

const promote = (release: number) => client.promotePackage(parseFullIdent(ident(release)), "stable", TARGET);

async function start(index: number): Promise<TestSupervisor> {
  const supervisor = await TestSupervisor.create({
    args: index === 0 ? [] : ["--peer", at(0).gossipAddress],
    env: {
      HAB_UPDATE_STRATEGY_PERIOD_MS: "500",
      HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK: "1",
      HAB_BLDR_URL: depot.url,
      HAB_APP: "port = 2",
    },
  });
  supervisor.write("hab/sup/default/MEMBER_ID", String(index + 1).repeat(32));
  supervisor.write("hab/user/app/config/user.toml", 'name = "of the user"\n');
  return supervisor.start();
}

beforeAll(async () => {
  depot = await startTestDepot();
  client = createDepotClient({ url: depot.url, token: new Secret(await depot.account("tester")) });
  await client.createOrigin("vec");
  await client.uploadPublicKey(originKeys("vec").publicKey.id, publicKeyText("vec"));
  for (const release of [1, 2]) await publish(release);
  await promote(1);
  members.push(await start(0));
  members.push(...(await Promise.all([1, 2].map(start))));
  // One after the other: the first is alone when it comes, the last is known to all before it leads.
  for (const member of [2, 0, 1])
    await at(member).load(
      "app",
      ..."--channel stable --strategy rolling --update-condition track-channel".split(" "),
    );
}, LIMIT_MS);

afterAll(async () => {
  await Promise.all(members.map((supervisor) => supervisor.stop()));
  await depot.stop();
});

async function open(member: number, path: string) {
  const url = at(member).httpUrl("");
  const opened = await browser.open(url);
  await opened.page.goto(path);
  return opened;
}

describe("a ring of three", () => {
  test(
    "shows a service's configuration with its layers, and no secret of it anywhere",
    async () => {
      await at(0).apply("app.default", 7, "port = 3\n");
      const { page, check, close } = await open(0, "/ui/services/app/config");
      const setting = (name: string) => page.locator(".setting", { hasText: name });
      await setting("port").getByText("gossip").waitFor();
      expect(await setting("port").textContent()).toBe("port3environment: 2default: 1gossip");
      expect(await setting("name").textContent()).toBe('name"of the user"default: "of the package"user.toml');
      expect(await setting("db_password").textContent()).toBe("db_passwordsecret, left outdefault");
      await page.getByRole("link", { name: "Hooks" }).click();
      await page.getByText("fine with [left out]").waitFor();
      // What is wrong with a layer is said, while the last good one counts.
      at(0).write("hab/user/app/config/user.toml", "name = \n");
      await page.getByRole("link", { name: "Configuration" }).click();
      await page.getByText("A layer cannot be used.").waitFor();
      expect(await setting("name").textContent()).toContain("of the user");
      const response = await fetch(
        at(0).httpUrl("/ui/data/stream?topics=service:app,services,groups,self,events"),
      );
      const reader = response.body?.getReader();
      let told = "";
      while (!told.includes("event: synced")) told += new TextDecoder().decode((await reader?.read())?.value);
      await reader?.cancel();
      expect(told).toContain("detail/app");
      expect(told).not.toContain("never-to-be-seen");
      check();
      await close();
    },
    LIMIT_MS,
  );

  test(
    "shows a rolling update while it goes, one member after the other",
    async () => {
      const { page, check, close } = await open(0, "/ui/groups/app.default");
      await page.getByText("up to date").waitFor();
      await promote(2);
      const rows = page.getByRole("list", { name: "Members of the group" }).getByRole("listitem");
      const row = (member: number) => rows.filter({ hasText: at(member).memberId.slice(0, 8) });
      // The leader first, then by their ids.
      for (const [done, member] of [2, 0, 1].entries()) {
        await row(member).getByText("changing").waitFor();
        await page.getByText(`${done} of 3 members`, { exact: true }).waitFor();
        expect(await page.getByText("under way").isVisible()).toBe(true);
        expect(await rows.getByText("changing").count()).toBe(1);
        at(member).write("hab/svc/app/data/go", "");
      }
      await page.getByText("up to date").waitFor();
      await page.getByText("3 of 3 members", { exact: true }).waitFor();
      expect(await rows.count()).toBe(3);
      for (const each of await rows.all()) expect(await each.textContent()).toContain("1.0.0/20260101000002");
      await page.getByRole("link", { name: "Events" }).click();
      await page.getByText("is up (process").first().waitFor();
      check();
      await close();
    },
    LIMIT_MS,
  );

  test(
    "shows a member that leaves, and a service that is unloaded",
    async () => {
      const { page, check, close } = await open(0, "/ui/ring");
      await page.getByText("3 members").waitFor();
      await at(1).stop();
      await page.getByRole("listitem").getByText("departed").waitFor();
      await page.getByRole("link", { name: "Services" }).first().click();
      await page.getByRole("link", { name: "app.default" }).click();
      await page.getByRole("heading", { name: "Process" }).waitFor();
      await at(0).typed("svc", "unload", "vec/app");
      await page.getByText("This service has just been unloaded").waitFor();
      check();
      await close();
    },
    LIMIT_MS,
  );
});
