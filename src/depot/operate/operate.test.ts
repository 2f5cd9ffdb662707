import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  backUpDepot,
  checkDepotAt,
  createToken,
  expireToken,
  listAccounts,
  listTokens,
  pruneDepot,
  removeAccount,
  restoreDepot,
  revokeToken,
  startDepot,
} from "../index.ts";
import { openPlace } from "../place.ts";
import { newPlace, startTestDepot, type TestDepot } from "../testing/depot.ts";
import { makeHart, type TestHart } from "../testing/harts.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-operate-"));
const { signal } = new AbortController();
let depot: TestDepot;
let bobo: string;
const harts: TestHart[] = [];

async function upload(ident: string, metafiles: Record<string, string> = {}): Promise<TestHart> {
  const hart = await makeHart(ident, metafiles);
  const response = await depot.call("POST", `/depot/pkgs/${ident}?checksum=${hart.checksum}`, {
    token: bobo,
    body: hart.bytes,
  });
  expect([ident, response.status]).toEqual([ident, 201]);
  harts.push(hart);
  return hart;
}

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  await depot.call("POST", "/depot/origins", { token: bobo, json: { name: "acme" } });
  for (let version = 1; version <= 5; version++) await upload(`acme/lib/1.${version}/20260101000000`);
  await upload("acme/app/1.0/20260101000000", { TDEPS: "acme/lib/1.2/20260101000000\n" });
  for (const ident of ["acme/lib/1.1/20260101000000", "acme/app/1.0/20260101000000"])
    expect(
      (await depot.call("PUT", `/depot/channels/acme/stable/pkgs/${ident.slice(5)}/promote`, { token: bobo }))
        .status,
    ).toBe(200);
});

afterAll(async () => {
  await depot.stop();
  rmSync(directory, { recursive: true, force: true });
});

const check = (options: { repair?: boolean; quick?: boolean } = {}) =>
  checkDepotAt(depot.place, { repair: false, quick: false, signal, ...options });

describe("a backup", () => {
  test("is one file, for its owner alone, and becomes the same depot elsewhere, in either kind", async () => {
    const file = join(directory, "backup.tar");
    const made = await backUpDepot(depot.place, file, { withKeys: true, signal });
    expect(made).toMatchObject({ packages: 6, blobs: 6 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const places = [
      { dataDirectory: join(directory, "restored") },
      await newPlace(join(directory, "restored-here")),
    ];
    for (const place of places) {
      expect(await restoreDepot(place, file, { signal })).toMatchObject({ packages: 6, blobs: 6 });
      const restored = await startDepot({ ...place, listen: { host: "127.0.0.1", port: 0 } });
      try {
        for (const path of [
          "/depot/pkgs/acme/lib/latest",
          "/depot/channels/acme/stable/pkgs",
          "/depot/origins/acme",
          "/depot/pkgs/search/lib",
        ]) {
          const answer = await fetch(`${restored.url}/v1${path}`);
          expect(await answer.text()).toBe(await (await depot.call("GET", path)).text());
        }
        const [hart] = harts as [TestHart];
        const bytes = await (await fetch(`${restored.url}/v1/depot/pkgs/${hart.ident}/download`)).bytes();
        expect(Buffer.from(bytes).equals(hart.bytes)).toBe(true);
        const profile = await fetch(`${restored.url}/v1/profile`, {
          headers: { Authorization: `Bearer ${bobo}` },
        });
        expect(profile.status).toBe(200);
      } finally {
        await restored.stop();
      }
      await expect(restoreDepot(place, file, { signal })).rejects.toMatchObject({ code: "HAB-DEP-048" });
    }
  });

  test("that was cut off or changed is refused, and nothing of it is restored", async () => {
    const file = join(directory, "damaged.tar");
    await backUpDepot(depot.place, file, { withKeys: false, signal });
    const whole = readFileSync(file);
    const hart = whole.indexOf("HART-1");
    const place = { dataDirectory: join(directory, "never") };
    for (const change of [
      () => truncateSync(file, whole.length - 3000),
      // A byte of the head, then one of a package.
      () => writeFileSync(file, whole.with(600, (whole[600] as number) ^ 1)),
      () => writeFileSync(file, whole.with(hart + 30, (whole[hart + 30] as number) ^ 1)),
      () => writeFileSync(file, "no backup at all".repeat(100)),
    ]) {
      writeFileSync(file, whole);
      change();
      await expect(restoreDepot(place, file, { signal })).rejects.toMatchObject({ code: "HAB-DEP-047" });
    }
    const open = await openPlace(place);
    expect(await open.database.db.selectFrom("accounts").select("id").execute()).toEqual([]);
    await open.database.close();
  });

  test("leaves out the key of secrets when told so", async () => {
    const file = join(directory, "no-keys.tar");
    await backUpDepot(depot.place, file, { withKeys: false, signal });
    expect(readFileSync(file).includes("keys/bldr-")).toBe(false);
  });
});

describe("a check", () => {
  test("of a sound depot finds nothing, and has read every byte", async () => {
    const bytes = harts.reduce((sum, hart) => sum + hart.bytes.length, 0);
    expect(await check()).toEqual({ packages: 6, blobs: 6, bytes, problems: [] });
    expect(await check({ quick: true })).toMatchObject({ bytes: 0, problems: [] });
  });

  test("finds what is missing and what cannot be found, and repairs what can be", async () => {
    const victim = await upload("acme/victim/1.0/20260101000000");
    const open = await openPlace(depot.place);
    try {
      await open.blobs.takeAway(victim.checksum);
      await open.database.write(async ({ db }) => {
        await db.deleteFrom("search_words").where("name", "=", "victim").execute();
      });
      expect((await check()).problems).toMatchObject([
        { kind: "missing-blob", subject: `${victim.ident} (x86_64-linux)`, repaired: false },
        { kind: "not-searchable", subject: "acme/victim", repaired: false },
      ]);
      expect((await check({ repair: true })).problems).toMatchObject([
        { kind: "missing-blob", repaired: false },
        { kind: "not-searchable", repaired: true },
      ]);
      // Uploading it again mends the rest.
      await depot.call("POST", `/depot/pkgs/${victim.ident}?checksum=${victim.checksum}&forced=true`, {
        token: bobo,
        body: victim.bytes,
      });
      expect((await check()).problems).toEqual([]);
    } finally {
      await open.database.close();
    }
  });
});

test("where there is no depot, none is made and called well", async () => {
  const nothing = join(tmpdir(), `hab-no-depot-${process.pid}`);
  const error = await checkDepotAt(nothing, { repair: false, quick: true, signal }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toHaveProperty("code", "HAB-DEP-057");
  expect(existsSync(nothing)).toBe(false);
});

describe("pruning", () => {
  const rule = { keep: 2, onlyNewestIn: ["unstable"], minimumAgeMs: 0, origins: [] };

  test("keeps the newest, what other channels hold, what others need and what is young", async () => {
    const young = await pruneDepot(depot.place, {
      rule: { ...rule, minimumAgeMs: 3600_000 },
      dryRun: false,
      signal,
    });
    expect(young.removed).toEqual([]);
    const plan = await pruneDepot(depot.place, { rule, dryRun: true, signal });
    // 1.1 is in stable, 1.2 is what app needs, 1.4 and 1.5 are the newest.
    expect(plan.removed).toEqual([{ ident: "acme/lib/1.3/20260101000000", target: "x86_64-linux" }]);
    expect(plan.neededByOthers).toBe(1);
    const before = await depot.blobs();
    const done = await pruneDepot(depot.place, { rule, dryRun: false, signal });
    expect(done).toEqual({ ...plan, dryRun: false });
    expect(before.length - (await depot.blobs()).length).toBe(1);
    expect((await depot.call("GET", "/depot/pkgs/acme/lib/1.3/20260101000000")).status).toBe(404);
    expect((await depot.call("GET", "/depot/pkgs/acme/lib/1.2/20260101000000")).status).toBe(200);
    expect((await check()).problems).toEqual([]);
  });
});

describe("accounts and tokens", () => {
  test("are listed, ended and removed", async () => {
    const hank = await depot.account("hank");
    const { id } = await createToken(depot.place, "hank", { label: "second" });
    const [, listed] = await listAccounts(depot.place);
    expect(listed).toMatchObject({ name: "hank", tokens: 2, origins: [] });
    await revokeToken(depot.place, id);
    const [token] = await listTokens(depot.place, "hank");
    expect(token).toMatchObject({ account: "hank", label: "command", expired: false });
    expect((await depot.call("GET", "/profile", { token: hank })).status).toBe(200);
    await expireToken(depot.place, token?.id ?? "", 0);
    expect((await depot.call("GET", "/profile", { token: hank })).status).toBe(401);
    await removeAccount(depot.place, "hank");
    await expect(removeAccount(depot.place, "hank")).rejects.toMatchObject({ code: "HAB-DEP-006" });
    await expect(removeAccount(depot.place, "bobo")).rejects.toMatchObject({ code: "HAB-DEP-050" });
    await expect(revokeToken(depot.place, id)).rejects.toMatchObject({ code: "HAB-DEP-051" });
  });
});
