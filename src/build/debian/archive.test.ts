// An archive is believed by its signature alone: what a mirror, or somebody on the way to it, can do to a build.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { type ArchiveOptions, openArchive } from "./archive.ts";
import { DEBIAN_ARCHIVE_KEYS } from "./archive-keys.ts";
import { findKeyring } from "./signature.ts";
import { fetchDeb, verifyDeb } from "./store.ts";
import { FakeArchive, makeKey, spoil } from "./testing/fake-archive.ts";
import type { FakeDeb } from "./testing/fake-deb.ts";
import { fetchFile } from "./transport.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const HELLO: FakeDeb = {
  name: "hello",
  version: "1.0-1",
  files: [{ path: "./usr/bin/hello", content: "hello" }],
};
const KEY = await makeKey();

let root: string;
let archive: FakeArchive;
let warnings: string[];
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "hab-debian-"));
  archive = await FakeArchive.create(join(root, "archive"), KEY);
  warnings = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function open(more: Partial<ArchiveOptions> & { mirror?: string } = {}) {
  const mirror = more.mirror ?? `file://${archive.directory}`;
  return await openArchive({
    directory: join(root, "cache"),
    suite: "bookworm",
    architecture: "amd64",
    mirrors: { main: mirror, security: mirror },
    keyring: await findKeyring(archive.keyring),
    now: new Date(),
    say: () => undefined,
    warn: (line) => warnings.push(line),
    ...more,
  });
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof HabError ? `${error.code} ${error.message}` : String(error);
}

describe("the index", () => {
  test("has the newest of release, updates and security updates", async () => {
    await archive.publish({
      main: [HELLO, { ...HELLO, name: "other" }],
      updates: [{ ...HELLO, version: "1.0-1~deb12u1" }],
      security: [{ ...HELLO, version: "1.0-1+deb12u10" }],
    });
    const packages = await open();
    expect(packages.versionsOf("hello").map(({ version }) => version)).toEqual([
      "1.0-1+deb12u10",
      "1.0-1",
      "1.0-1~deb12u1",
    ]);
    expect(packages.newest("other")?.version).toBe("1.0-1");
    expect(packages.newest("hell")).toBeUndefined();
    expect(packages.similarTo("hell")).toEqual(["hello"]);
  });

  test("is taken by its digest where the mirror offers that", async () => {
    await archive.publish({ main: [HELLO], isByHash: true });
    expect((await open()).newest("hello")?.version).toBe("1.0-1");
  });

  test("is used for a day without asking, and again when it is older", async () => {
    await archive.publish({ main: [HELLO] });
    const server = archive.serve();
    try {
      await open({ mirror: server.url });
      const first = server.requests.length;
      expect(first).toBe(6);
      await open({ mirror: server.url });
      expect(server.requests.length).toBe(first);
      await open({ mirror: server.url, now: new Date(Date.now() + 1.5 * DAY_MS) });
      // Nothing has changed: only the three Releases are asked for.
      expect(server.requests.length).toBe(first + 3);
    } finally {
      await server.stop();
    }
  });

  test("that is kept does where the mirror cannot be reached", async () => {
    await archive.publish({ main: [HELLO] });
    await open();
    const packages = await open({ mirror: `file://${root}/nothing` });
    expect(packages.newest("hello")?.version).toBe("1.0-1");
    expect(warnings.join()).toContain("going on with the index that was fetched before");
  });

  test("that was spoiled on disk is noticed and fetched anew", async () => {
    await archive.publish({ main: [HELLO] });
    await open();
    const kept = join(root, "cache/bookworm/index-amd64");
    for (const name of readdirSync(kept))
      if (name.endsWith("Packages") && readFileSync(join(kept, name)).length > 0) spoil(join(kept, name));
    expect((await open()).newest("hello")?.version).toBe("1.0-1");
    spoil(join(kept, "bookworm.InRelease"));
    expect((await open()).newest("hello")?.version).toBe("1.0-1");
  });
});

describe("refused is", () => {
  test("a signature by another key", async () => {
    await archive.publish({ main: [HELLO] }, await makeKey());
    expect(await codeOf(open())).toMatch(/^HAB-BLD-091 .*has no good signature by a key of/);
  });

  test("a text that was changed after it was signed", async () => {
    await archive.publish({ main: [HELLO] });
    const path = archive.inRelease("bookworm");
    writeFileSync(path, readFileSync(path, "utf8").replace("Origin: Test", "Origin: Best"));
    expect(await codeOf(open())).toMatch(/^HAB-BLD-091/);
  });

  test("a text without a signature, and what stands outside of the signed part", async () => {
    await archive.publish({ main: [HELLO] });
    const path = archive.inRelease("bookworm");
    const signed = readFileSync(path, "utf8");
    writeFileSync(path, "Codename: bookworm\n");
    expect(await codeOf(open())).toMatch(/^HAB-BLD-091 .*is not signed text/);
    writeFileSync(path, `Codename: evil\n\n${signed}`);
    const outcome = await open().then(
      (packages) => packages.newest("hello")?.version,
      (error: unknown) => (error instanceof HabError ? error.code : String(error)),
    );
    // Either is right: to refuse it, or to read only what was signed.
    expect(["1.0-1", "HAB-BLD-091"]).toContain(outcome ?? "");
  });

  test("a key that has expired", async () => {
    const key = await makeKey({ date: new Date(Date.now() - 2 * DAY_MS), lifetimeSeconds: 3 * 24 * 60 * 60 });
    archive = await FakeArchive.create(join(root, "expiring"), key);
    await archive.publish({ main: [HELLO] });
    expect((await open()).newest("hello")?.version).toBe("1.0-1");
    rmSync(join(root, "cache"), { recursive: true });
    expect(await codeOf(open({ now: new Date(Date.now() + 2 * DAY_MS) }))).toMatch(/^HAB-BLD-091/);
  });

  test("an index that is no longer valid, or not yet", async () => {
    await archive.publish({ main: [HELLO], validUntil: new Date(Date.now() - DAY_MS) });
    expect(await codeOf(open())).toMatch(/^HAB-BLD-092 .*was valid until/);
    await archive.publish({ main: [HELLO], date: new Date(Date.now() + DAY_MS) });
    expect(await codeOf(open())).toMatch(/^HAB-BLD-092 .*was made at/);
  });

  test("an older index than the one seen", async () => {
    await archive.publish({ main: [HELLO] });
    await open();
    await archive.publish({
      main: [{ ...HELLO, version: "0.9-1" }],
      date: new Date(Date.now() - 3 * DAY_MS),
    });
    expect(await codeOf(open({ now: new Date(Date.now() + 1.5 * DAY_MS) }))).toMatch(/^HAB-BLD-093/);
  });

  test("the index of another release, with whatever signature", async () => {
    await archive.publish({
      main: [HELLO],
      alter: (text) => text.replace(/Codename: bookworm\b/, "Codename: sid"),
    });
    expect(await codeOf(open())).toMatch(/^HAB-BLD-094 .*is of sid/);
  });

  test("an index whose digest is not the signed one, compressed or unpacked", async () => {
    await archive.publish({ main: [HELLO] });
    spoil(join(archive.directory, "dists/bookworm/main/binary-amd64/Packages.xz"));
    expect(await codeOf(open())).toMatch(/^HAB-BLD-096/);
    await archive.publish({
      main: [HELLO],
      alter: (text) =>
        text.replace(/ [0-9a-f]{64} (\d+) (main\/binary-amd64\/Packages)\n/, ` ${"0".repeat(64)} $1 $2\n`),
    });
    expect(await codeOf(open())).toMatch(/^HAB-BLD-096 .*does not unpack to/);
  });

  test("security updates that are not there", async () => {
    await archive.publish({ main: [HELLO] });
    rmSync(join(archive.directory, "dists/bookworm-security"), { recursive: true });
    expect(await codeOf(open())).toMatch(/^HAB-BLD-095 .*bookworm-security/);
  });

  test("a path in the index that leads elsewhere", async () => {
    await archive.publish({ main: [{ ...HELLO, fields: { Filename: "../../etc/passwd" } }] });
    const packages = await open();
    // The first of two fields of a name does not count, so the index itself has to be made bad.
    expect(packages.newest("hello")?.file).toStartWith("pool/");
    await archive.publish({ main: [{ ...HELLO, version: "1.0/../../x" }], date: new Date() });
    rmSync(join(root, "cache"), { recursive: true });
    expect(await codeOf(open().then((index) => index.newest("hello")))).toMatch(/^HAB-BLD-094/);
  });

  test("a .deb that is not the one of the index, on the mirror or on disk", async () => {
    await archive.publish({ main: [HELLO] });
    const [deb] = (await open()).versionsOf("hello");
    if (deb === undefined) throw new Error("it is in the index");
    const directory = join(root, "cache");
    const sound = readFileSync(archive.poolPath(HELLO));
    spoil(archive.poolPath(HELLO));
    expect(await codeOf(fetchDeb(deb, { directory }))).toMatch(/^HAB-BLD-096/);
    expect(readdirSync(join(directory, "archives"))).toEqual([".lock"]);
    writeFileSync(archive.poolPath(HELLO), sound);
    const path = await fetchDeb(deb, { directory });
    await verifyDeb(deb, directory);
    spoil(path);
    expect(await codeOf(verifyDeb(deb, directory))).toMatch(/^HAB-BLD-096/);
    expect(await fetchDeb(deb, { directory })).toBe(path);
    spoil(path);
    await fetchDeb(deb, { directory });
    await verifyDeb(deb, directory);
  });
});

describe("a file from a mirror", () => {
  const expected = { sizeBytes: 5, sha256: new Bun.CryptoHasher("sha256").update("hello").digest("hex") };
  const get = (answers: (() => Response)[]) => {
    let count = 0;
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      development: false,
      fetch: () => (answers[Math.min(count++, answers.length - 1)] ?? (() => new Response("")))(),
    });
    const fetched = fetchFile(`http://127.0.0.1:${server.port}/x`, join(root, "x"), {
      expected,
      maxBytes: 100,
      firstPauseMs: 1,
    });
    return codeOf(fetched)
      .then((code) => ({ code, count }))
      .finally(() => server.stop(true));
  };
  const hello = () => new Response("hello");
  const busy = () => new Response("", { status: 503 });

  test("is asked for again after an error that may pass, four times at most", async () => {
    expect(await get([busy, busy, hello])).toEqual({ code: "undefined", count: 3 });
    expect(readFileSync(join(root, "x"), "utf8")).toBe("hello");
    expect(await get([busy])).toEqual({ code: expect.stringMatching(/^HAB-BLD-095 .*503/), count: 4 });
  });

  test("is not asked for again where there is none", async () => {
    expect((await get([() => new Response("", { status: 404 })])).count).toBe(1);
  });

  test("is cut off where it is too long, and refused where it is too short", async () => {
    expect((await get([() => new Response("hello, hello, hello")])).code).toMatch(/^HAB-BLD-096 .*longer/);
    expect((await get([() => new Response("hell")])).code).toMatch(/^HAB-BLD-095 .*ended after 4 of 5/);
    expect(readdirSync(root).filter((name) => name.startsWith(".tmp"))).toEqual([]);
  });

  test("may be of this machine", async () => {
    mkdirSync(join(root, "with space"));
    writeFileSync(join(root, "with space/f"), "hello");
    for (const scheme of ["file://", "file:", "copy:"]) {
      await fetchFile(`${scheme}${root}/with%20space/f`, join(root, "y"), { expected, maxBytes: 100 });
      expect(readFileSync(join(root, "y"), "utf8")).toBe("hello");
    }
  });
});

test("the keys that this program brings can be read, and none has expired", async () => {
  const openpgp = await import("openpgp");
  const armored = DEBIAN_ARCHIVE_KEYS.slice(DEBIAN_ARCHIVE_KEYS.indexOf("-----BEGIN"));
  const keys = await openpgp.readKeys({ armoredKeys: armored });
  for (const key of keys) {
    await key.verifyPrimaryKey();
    // The fingerprints stand above the keys, for whoever compares them.
    expect(DEBIAN_ARCHIVE_KEYS).toContain(key.getFingerprint().toUpperCase());
  }
  expect(keys.map((key) => key.getUserIDs()[0]).filter((name) => name?.includes("bookworm"))).toHaveLength(3);
});
