// A Supervisor that updates itself from a depot, under a real launcher: a good release takes over without the service
// noticing, bad ones are returned from (reference/services.md §16, docs/decisions/0026-self-update.md). The packages hold a script
// that starts the program from its source: what is updated is which of them is started.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../src/crypto/index.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { makeHart, originKeys, publicKeyText } from "../../src/depot/testing/harts.ts";
import { createDepotClient, type DepotClient } from "../../src/depot-client/index.ts";
import { HAB_WORDS } from "../../src/host/testing/hab-program.ts";
import { parseFullIdent, parseTarget } from "../../src/package/index.ts";
import { TestSupervisor } from "./harness.ts";

const TARGET = parseTarget("x86_64-linux");
const HANGING = join(import.meta.dir, "hanging-supervisor.ts");
const PROGRAM = `#!/bin/sh\nexec ${HAB_WORDS.join(" ")} "$@"\n`;

/** A program that is a good one but for running. */
const bad = (run: string) =>
  `#!/bin/sh\nif [ "$2" = run ]; then ${run}; fi\nexec ${HAB_WORDS.join(" ")} "$@"\n`;

const releaseNumber = (number: number) => `2026010100000${number}`;
const sup = (number: number) => `vec/hab-sup/1.0.0/${releaseNumber(number)}`;
const app = (number: number) => `vec/app/1.0.0/${releaseNumber(number)}`;

let depot: TestDepot;
let client: DepotClient;
let supervisor: TestSupervisor;

async function promote(ident: string, files: Readonly<Record<string, string>>): Promise<void> {
  const hart = await makeHart(ident, files);
  const path = join(depot.directory, `${ident.replaceAll("/", "-")}.hart`);
  writeFileSync(path, hart.bytes);
  const full = parseFullIdent(ident);
  await client.uploadPackage(path, { ident: full, target: TARGET, checksum: hart.checksum, forced: false });
  await client.promotePackage(full, "stable", TARGET);
}

const installed = () => readdirSync(join(supervisor.root, "hab/pkgs/vec/hab-sup/1.0.0")).sort();
const title = (number: number) => `hab-sup(MR): vec/hab-sup (${sup(number)})`;
const wentBack = (number: number) => () => supervisor.said(`${sup(number)} did not prove itself: `) > 0;

/** The service is what it was: the same process, and no hook has run again. */
let pid: number | null = null;
async function expectUndisturbed(): Promise<void> {
  const service = await supervisor.up("web");
  expect(service.process.pid).toBe(pid);
  expect(service.restart_count).toBe(0);
  expect(supervisor.order("web")).toEqual(["init", "run", "post-run"]);
}

beforeAll(async () => {
  depot = await startTestDepot();
  client = createDepotClient({ url: depot.url, token: new Secret(await depot.account("tester")) });
  await client.createOrigin("vec");
  await client.uploadPublicKey(originKeys("vec").publicKey.id, publicKeyText("vec"));
  supervisor = await TestSupervisor.create({
    args: ["--auto-update", "--channel=stable", `--url=${depot.url}`, "--keep-latest-packages=2"],
    env: {
      HAB_SUP_UPDATE_MS: "100",
      HAB_UPDATE_STRATEGY_PERIOD_MS: "100",
      HAB_UPDATE_STRATEGY_PERIOD_BYPASS_CHECK: "1",
      // The least that a Supervisor on a busy machine answers within.
      HAB_LAUNCH_SUP_PROBATION_SECS: "5",
    },
  });
  const noted = (name: string, rest = "exit 0") =>
    `#!/bin/sh\necho ${name} >> {{pkg.svc_var_path}}/order\n${rest}\n`;
  supervisor.addPackage("web", {
    hooks: {
      init: noted("init"),
      run: noted("run", "exec sleep 100000"),
      "post-run": noted("post-run"),
    },
  });
  for (const number of [0, 1, 2, 3, 4])
    supervisor.addPackage("hab-sup", { release: releaseNumber(number), files: { "bin/hab": PROGRAM } });
  mkdirSync(join(supervisor.root, "hab/launcher"), { recursive: true });
  const good = { name: sup(4), path: join(supervisor.root, "hab/pkgs", sup(4), "bin/hab") };
  supervisor.write(
    "hab/launcher/supervisors.json",
    JSON.stringify({ launcher: `${HAB_WORDS.join(" ")}`, good, refused: [] }),
  );
  await supervisor.start();
  pid = (await supervisor.load("web")).process.pid;
});

afterAll(async () => {
  await supervisor.stop();
  await depot.stop();
});

test("old releases of the Supervisor's own package go at its start (--keep-latest-packages=2)", async () => {
  expect(supervisor.said(title(4))).toBe(1);
  await supervisor.until(() => installed().length === 2, "three releases to go");
  expect(installed()).toEqual([releaseNumber(3), releaseNumber(4)]);
});

describe("a newer release that is promoted", () => {
  test("takes over, proves itself, and the service does not notice", async () => {
    const before = supervisor.supervisorPid;
    await promote(sup(5), { "bin/hab": PROGRAM });
    await supervisor.until(() => supervisor.said(title(5)) === 1, "the new Supervisor");
    expect(supervisor.said(`Supervisor shutting down for automatic update to ${sup(5)}`)).toBe(1);
    await supervisor.until(() => supervisor.said(`${sup(5)} has proved itself`) === 1, "its proof");
    expect(supervisor.supervisorPid).not.toBe(before);
    await expectUndisturbed();
    // While it was on trial the one before it was needed.
    await supervisor.until(
      () => installed().join(" ") === [4, 5].map(releaseNumber).join(" "),
      "the release before that one to go",
    );
  });

  test("and ends at once is returned from, shown, and left alone", async () => {
    await promote(sup(6), { "bin/hab": bad("exit 7") });
    await supervisor.until(wentBack(6), "the way back");
    await supervisor.until(() => supervisor.said(title(5)) === 2, "the known-good one");
    await expectUndisturbed();
    const status = await supervisor.hab("svc", "status");
    expect(status.exit).toBe(0);
    expect(status.err).toContain(
      `the Supervisor went back from ${sup(6)}: it exited with an unexpected exit code: 7`,
    );
    expect((await supervisor.hab("ring", "status", "--json")).out).toContain(`went back from ${sup(6)}`);
    expect((await supervisor.hab("doctor", "--json")).out).toContain(`went back from ${sup(6)}`);
  });

  test("and hangs without a sign of life is returned from", async () => {
    await promote(sup(7), { "bin/hab": bad(`exec ${process.execPath} ${HANGING}`) });
    await supervisor.until(wentBack(7), "the way back");
    expect(supervisor.said(`${sup(7)} did not prove itself: it hung`)).toBe(1);
    await supervisor.until(() => supervisor.said(title(5)) === 3, "the known-good one");
    await expectUndisturbed();
  });

  test("and holds a spoiled program is refused, and the Supervisor goes on", async () => {
    const before = supervisor.supervisorPid;
    await promote(sup(8), { "bin/hab": "\0\0\0\0 spoiled" });
    await supervisor.until(() => supervisor.said("is not a program") > 0, "the refusal");
    expect(supervisor.supervisorPid).toBe(before);
    await expectUndisturbed();
    // Each of the three was tried once.
    expect([5, 6, 7].map((number) => supervisor.said(`Starting ${sup(number)} as the Supervisor`))).toEqual([
      1, 1, 1,
    ]);
  });
});

describe("the release a service runs", () => {
  test("is known to the Supervisor after a restart, though a newer one is installed", async () => {
    supervisor.addPackage("web", { release: releaseNumber(9) });
    await supervisor.hab("sup", "restart");
    await supervisor.until(() => supervisor.said(title(5)) === 4, "the next Supervisor");
    await supervisor.until(async () => (await supervisor.get("/services")).status === 200, "its gateway");
    await expectUndisturbed();
    expect((await supervisor.service("web"))?.pkg.ident).toBe("vec/web/1.0.0/20260101000000");
    await supervisor.hab("svc", "stop", "vec/web");
    await supervisor.until(
      async () => (await supervisor.service("web"))?.process.state === "down",
      "its end",
    );
    await supervisor.hab("svc", "start", "vec/web");
    expect((await supervisor.up("web")).pkg.ident).toBe(`vec/web/1.0.0/${releaseNumber(9)}`);
  });

  test("by an update is started again after everything has ended", async () => {
    const files = { SVC_USER: "root\n", SVC_GROUP: "root\n", run: "#!/bin/sh\nexec sleep 100000\n" };
    await promote(app(1), files);
    const options = ["--channel", "stable", "--strategy", "at-once", "--update-condition", "track-channel"];
    await supervisor.load("app", "--url", depot.url, ...options);
    await promote(app(2), files);
    const running = async () => (await supervisor.service("app"))?.pkg.ident;
    await supervisor.until(async () => (await running()) === app(2), "the update");
    // So that the way back cannot remove it.
    supervisor.addPackage("needs-app", { files: { DEPS: `${app(2)}\n`, TDEPS: `${app(2)}\n` } });
    await client.demotePackage(parseFullIdent(app(2)), "stable", TARGET);
    await supervisor.until(async () => (await running()) === app(1), "the way back");
    await supervisor.up("app");
    await supervisor.crash();
    await depot.stop();
    await supervisor.start();
    expect((await supervisor.up("app")).pkg.ident).toBe(app(1));
    expect(existsSync(join(supervisor.root, "hab/pkgs", app(2)))).toBe(true);
    // Nor does the Supervisor forget which of its own releases is good.
    expect(supervisor.said(title(5))).toBe(5);
  });
});
