// Packages on their way from one depot to another: in signed bundles, and by mirrors.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportFromDepot, importIntoDepot, mirrorDepot } from "../index.ts";
import { startTestDepot, type TestDepot } from "../testing/depot.ts";
import { makeHart, originKeys, publicKeyText } from "../testing/harts.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-transport-"));
const { signal } = new AbortController();
const LIB = "acme/lib/1.0/20260101000000";
const APP = "acme/app/1.0/20260101000000";
const OLD = "acme/app/0.9/20260101000000";
let source: TestDepot;
let bobo: string;

async function upload(ident: string, metafiles: Record<string, string> = {}): Promise<void> {
  const { bytes, checksum } = await makeHart(ident, metafiles);
  const path = `/depot/pkgs/${ident}?checksum=${checksum}`;
  expect((await source.call("POST", path, { token: bobo, body: bytes })).status).toBe(201);
}

async function change(ident: string, verb: "promote" | "demote", channel = "stable"): Promise<void> {
  const path = `/depot/channels/acme/${channel}/pkgs/${ident.slice(5)}/${verb}`;
  expect((await source.call("PUT", path, { token: bobo })).status).toBe(200);
}

/** Idents of a channel of a depot. */
async function held(depot: TestDepot, channel: string): Promise<string[]> {
  const answer = await depot.call("GET", `/depot/channels/acme/${channel}/pkgs`);
  const { data } = (await answer.json()) as { data: Record<string, string>[] };
  return data.map((each) => [each["origin"], each["name"], each["version"], each["release"]].join("/"));
}

beforeAll(async () => {
  source = await startTestDepot();
  bobo = await source.account("bobo");
  await source.call("POST", "/depot/origins", { token: bobo, json: { name: "acme" } });
  const { revision } = originKeys("acme").publicKey.id;
  await source.call("POST", `/depot/origins/acme/keys/${revision}`, {
    token: bobo,
    body: publicKeyText("acme"),
  });
  await upload(LIB);
  for (const ident of [OLD, APP]) {
    await upload(ident, { DEPS: `${LIB}\n`, TDEPS: `${LIB}\n` });
    await change(ident, "promote");
  }
});

afterAll(async () => {
  await source.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function destination(): Promise<TestDepot> {
  const depot = await startTestDepot();
  await depot.account("alice");
  return depot;
}

describe("a bundle", () => {
  const file = join(directory, "bundle.tar");
  const importing = (
    depot: TestDepot,
    options: { promote?: boolean; trusts?: boolean; path?: string } = {},
  ) =>
    importIntoDepot(depot.place, options.path ?? file, {
      owner: "alice",
      promote: options.promote ?? false,
      trusted: () => ((options.trusts ?? true) ? originKeys("acme").publicKey : undefined),
      signal,
    });

  beforeAll(async () => {
    const made = await exportFromDepot(source.place, file, {
      idents: [],
      channels: [{ origin: "acme", channel: "stable" }],
      target: "x86_64-linux",
      key: originKeys("acme").secretKey,
      signal,
    });
    expect(made).toMatchObject({ packages: 3, keys: [expect.stringMatching(/^acme-[0-9]{14}$/)] });
  });

  test("brings a channel with all it depends on, once, and fills the channel when told", async () => {
    const depot = await destination();
    try {
      expect(await importing(depot)).toMatchObject({ added: [LIB, OLD, APP], present: 0, promoted: 0 });
      expect(await held(depot, "stable")).toEqual([]);
      expect(await importing(depot, { promote: true })).toMatchObject({ added: [], present: 3, promoted: 2 });
      expect(await held(depot, "stable")).toEqual([OLD, APP]);
      expect((await depot.call("GET", `/depot/pkgs/${LIB}/download`)).status).toBe(200);
      expect((await depot.call("GET", "/depot/origins/acme/keys/latest")).status).toBe(200);
    } finally {
      await depot.stop();
    }
  });

  test("that is not signed by a trusted key, or was changed on its way, changes nothing", async () => {
    const depot = await destination();
    try {
      await expect(importing(depot, { trusts: false })).rejects.toMatchObject({ code: "HAB-DEP-055" });
      const whole = readFileSync(file);
      const path = join(directory, "changed.tar");
      const list = whole.indexOf('"checksum"') + 14;
      writeFileSync(path, whole.with(list, (whole[list] as number) ^ 1));
      await expect(importing(depot, { path })).rejects.toMatchObject({ code: "HAB-DEP-055" });
      expect((await depot.call("GET", "/depot/origins/acme")).status).toBe(404);
      const hart = whole.indexOf("HART-1") + 200;
      writeFileSync(path, whole.with(hart, (whole[hart] as number) ^ 1));
      await expect(importing(depot, { path })).rejects.toMatchObject({ code: "HAB-DEP-053" });
      expect((await depot.call("GET", `/depot/pkgs/${LIB}`)).status).toBe(404);
    } finally {
      await depot.stop();
    }
  });

  test("is not made without what its packages need", async () => {
    const exporting = exportFromDepot(source.place, join(directory, "none.tar"), {
      idents: [{ origin: "acme", name: "missing" }],
      channels: [],
      target: "x86_64-linux",
      key: originKeys("acme").secretKey,
      signal,
    });
    await expect(exporting).rejects.toMatchObject({ code: "HAB-DEP-054" });
  });
});

describe("a mirror", () => {
  let depot: TestDepot;
  const mirroring = (options: { newestOnly?: boolean; exactly?: boolean; url?: string } = {}) =>
    mirrorDepot(depot.place, {
      url: source.url,
      token: undefined,
      channels: [{ origin: "acme", channel: "stable" }],
      targets: ["x86_64-linux"],
      newestOnly: false,
      exactly: false,
      owner: "alice",
      signal,
      ...options,
    });

  beforeAll(async () => {
    depot = await destination();
  });
  afterAll(() => depot.stop());

  test("brings the newest with what it depends on, then the rest, and nothing twice", async () => {
    expect(await mirroring({ newestOnly: true })).toMatchObject({
      added: [APP, LIB],
      promoted: 1,
      failures: [],
    });
    expect(await held(depot, "stable")).toEqual([APP]);
    expect(await mirroring()).toMatchObject({ added: [OLD], present: 1, promoted: 1, failures: [] });
    expect(await mirroring()).toMatchObject({ added: [], present: 2, promoted: 0, demoted: 0 });
  });

  test("follows demotions when it is to be exact", async () => {
    await change(OLD, "demote");
    expect(await mirroring()).toMatchObject({ demoted: 0 });
    expect(await mirroring({ exactly: true })).toMatchObject({ demoted: 1 });
    expect(await held(depot, "stable")).toEqual([APP]);
  });

  test("names what it cannot take, and takes the rest", async () => {
    await upload("acme/forged/1.0/20260101000000");
    await change("acme/forged/1.0/20260101000000", "promote");
    await upload("acme/good/1.0/20260101000000");
    await change("acme/good/1.0/20260101000000", "promote");
    // Another depot that says what ours says, but gives other bytes for one package.
    const other = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        if (pathname.includes("/forged/") && pathname.endsWith("/download"))
          return new Response("other bytes");
        return await fetch(`${source.url}${pathname}${search}`, { headers: request.headers });
      },
    });
    try {
      const result = await mirroring({ url: other.url.href });
      expect(result.added).toEqual(["acme/good/1.0/20260101000000"]);
      expect(result.failures).toMatchObject([{ ident: "acme/forged/1.0/20260101000000" }]);
    } finally {
      await other.stop(true);
    }
    expect(await mirroring()).toMatchObject({ added: ["acme/forged/1.0/20260101000000"], failures: [] });
  });

  test("goes on where a download broke off, and tries again what failed in passing", async () => {
    const ident = "acme/large/1.0/20260101000000";
    const { bytes, checksum } = await makeHart(ident, {
      MANIFEST: `# ${"x".repeat(20_000)}${crypto.randomUUID()}`,
    });
    await source.call("POST", `/depot/pkgs/${ident}?checksum=${checksum}`, { token: bobo, body: bytes });
    await change(ident, "promote");
    // What an earlier run left of it.
    mkdirSync(join(depot.directory, "mirror"), { recursive: true });
    writeFileSync(join(depot.directory, "mirror", `${checksum}.part`), bytes.subarray(0, 500));
    const ranges: (string | null)[] = [];
    let failures = 0;
    const other = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      async fetch(request) {
        const { pathname, search } = new URL(request.url);
        if (pathname.endsWith("/download")) {
          ranges.push(request.headers.get("range"));
          if (failures++ === 0) return new Response("later", { status: 503 });
        }
        return await fetch(`${source.url}${pathname}${search}`, { headers: request.headers });
      },
    });
    try {
      expect(await mirroring({ url: other.url.href })).toMatchObject({ added: [ident], failures: [] });
      expect(ranges).toEqual(["bytes=500-", "bytes=500-"]);
    } finally {
      await other.stop(true);
    }
  });

  test("of a depot that is not there fails, and says so", async () => {
    const { promise: nothing } = Promise.withResolvers<never>();
    void nothing;
    await expect(mirroring({ url: `${source.url}/nowhere` })).rejects.toMatchObject({ code: "HAB-DEP-056" });
  });
});
