import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { answered, startTestDepot, type TestDepot } from "./testing/depot.ts";
import { makeHart, publicKeyText, type TestHart, vectorHart, vectorKey } from "./testing/harts.ts";

let depot: TestDepot;
let bobo: string;
let mallory: string;

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  mallory = await depot.account("mallory");
  await depot.call("POST", "/depot/origins", { token: bobo, json: { name: "acme" } });
});

afterAll(() => depot.stop());

/** Uploads a hart; the query says what is not the usual. */
function upload(
  hart: TestHart,
  options: { token?: string; checksum?: string; query?: string; ident?: string } = {},
): Promise<Response> {
  const { checksum = hart.checksum, query = "", ident = hart.ident, token = bobo } = options;
  return depot.call("POST", `/depot/pkgs/${ident}?checksum=${checksum}${query}`, {
    ...(token !== "" && { token }),
    body: hart.bytes,
  });
}

/** Unfinished uploads on disk. */
function uploads(): string[] {
  return readdirSync(join(depot.directory, "uploads"));
}

/** Every blob and every unfinished upload. */
async function files(): Promise<{ blobs: string[]; uploads: string[] }> {
  return { blobs: await depot.blobs(), uploads: uploads() };
}

const tiny = vectorHart("tiny", "acme/tiny/0.1.0/20260101000000");

describe("an upload (reference/depot-api.md §7)", () => {
  test("needs a member of the origin", async () => {
    expect(await answered(await upload(tiny, { token: "" }))).toEqual({ status: 401, body: "" });
    expect(await answered(await upload(tiny, { token: mallory }))).toEqual({ status: 403, body: "" });
    const nowhere = await upload(tiny, { ident: "nowhere/tiny/0.1.0/20260101000000" });
    expect(nowhere.status).toBe(403);
  });

  test("is stored, and can be asked for and downloaded", async () => {
    const response = await upload(tiny);
    expect(response.headers.get("location")).toBe(`/v1/depot/pkgs/${tiny.ident}?checksum=${tiny.checksum}`);
    expect(response.headers.get("content-type")).toBeNull();
    expect(await answered(response)).toEqual({ status: 201, body: `/pkgs/${tiny.ident}/download` });

    const shown = await depot.call("GET", `/depot/pkgs/${tiny.ident}`);
    expect(shown.status).toBe(200);
    const shape = (await shown.json()) as Record<string, unknown>;
    expect(Object.keys(shape)).toEqual([
      "id",
      "owner_id",
      "name",
      "ident",
      "ident_array",
      "checksum",
      "manifest",
      "config",
      "target",
      "deps",
      "tdeps",
      "build_deps",
      "build_tdeps",
      "exposes",
      "visibility",
      "created_at",
      "updated_at",
      "origin",
      "package_type",
      "channels",
      "is_a_service",
      "size",
    ]);
    expect(shape).toMatchObject({
      ident: { origin: "acme", name: "tiny", version: "0.1.0", release: "20260101000000" },
      checksum: tiny.checksum,
      manifest: "",
      channels: ["unstable"],
      package_type: "Standard",
      size: tiny.bytes.length,
    });

    const download = await depot.call("GET", `/depot/pkgs/${tiny.ident}/download`);
    expect(download.headers.get("x-filename")).toBe("acme-tiny-0.1.0-20260101000000-x86_64-linux.hart");
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(tiny.bytes);
  });

  test("is refused the second time, unless forced with the same bytes", async () => {
    expect(await answered(await upload(tiny))).toEqual({ status: 409, body: "" });
    expect((await upload(tiny, { query: "&forced=true" })).status).toBe(201);
    const fake = vectorHart("ok-header-spaces", tiny.ident);
    expect(await answered(await upload(fake, { query: "&forced=true" }))).toEqual({
      status: 422,
      body: "ds:up:4",
    });
    expect((await upload(tiny, { query: "&forced=1" })).status).toBe(400);
  });

  test.each([
    ["another checksum", { checksum: "0".repeat(64) }, "ds:up:3"],
    ["no checksum", { checksum: "" }, "ds:up:3"],
    ["another ident", { ident: "acme/tiny/0.1.0/20990101000000" }, "ds:up:6"],
    ["another target in the query", { query: "&target=sparc-solaris" }, "Invalid package target"],
  ])("with %s is refused", async (_what, options, body) => {
    const other = await upload(await makeHart("acme/tiny/0.1.0/20260101000077"), options);
    expect(other.status).toBe(422);
    expect(await other.text()).toStartWith(body);
  });

  test.each([
    "bad-version",
    "bad-header-only-4-lines",
    "bad-empty-file",
    "gzip-payload",
    "text-payload",
    "empty-payload",
    "xz-cut",
    "xz-bad-data",
    "tar-cut",
    "empty-tar",
    "meta-no-target",
    "meta-no-ident",
    "meta-no-manifest",
    "meta-bad-ident",
    "meta-partial-tdep",
    "meta-bad-exposes",
    "meta-bad-type",
    "meta-not-utf8",
    "target-sparc-solaris",
    "tar-dot-slash",
  ])("of the damaged hart %s is refused and leaves nothing behind", async (name) => {
    const before = await files();
    const response = await upload(vectorHart(name, "acme/damaged/1.0/20260101000000"));
    expect(response.status).toBe(422);
    expect(await response.text()).toStartWith("ds:up:");
    expect(await files()).toEqual(before);
    expect((await depot.call("GET", "/depot/pkgs/acme/damaged/latest")).status).toBe(404);
  });

  test("keeps a package standard or native for life", async () => {
    expect((await upload(await makeHart("acme/kind/1.0/20260101000000"))).status).toBe(201);
    const native = await makeHart("acme/kind/1.1/20260101000000", { PACKAGE_TYPE: "native\n" });
    expect(await answered(await upload(native))).toEqual({
      status: 422,
      body: "Package type mismatch; expected 'standard', found 'native'",
    });
  });

  test("of a package that would depend on itself is refused", async () => {
    const own = "acme/circle/1.0/20260101000000";
    const direct = await makeHart(own, { TDEPS: `${own}\n`, DEPS: `${own}\n` });
    expect((await upload(direct)).status).toBe(424);
    const other = "acme/other/1.0/20260101000000";
    expect((await upload(await makeHart(other, { TDEPS: `${own}\n`, DEPS: `${own}\n` }))).status).toBe(201);
    const through = await makeHart(own, { TDEPS: `${other}\n`, DEPS: `${other}\n` });
    expect(await answered(await upload(through))).toEqual({
      status: 424,
      body: `Circular dependency of ${own} through ${other}`,
    });
  });

  test("stores identical bytes once, and the blob lives as long as a row names it", async () => {
    expect(uploads()).toEqual([]);
    expect((await files()).blobs.filter((name) => name === tiny.checksum)).toHaveLength(1);
  });
});

describe("an upload that breaks off", () => {
  test("leaves nothing, in the middle as at its last byte", async () => {
    const hart = await makeHart("acme/cut/1.0/20260101000000");
    const { hostname, port } = new URL(depot.url);
    for (const sent of [0, 1, hart.bytes.length - 1]) {
      const { promise: closed, resolve: close } = Promise.withResolvers<void>();
      const socket = await Bun.connect({
        hostname,
        port: Number(port),
        socket: { data() {}, close: () => close() },
      });
      socket.write(
        `POST /v1/depot/pkgs/${hart.ident}?checksum=${hart.checksum} HTTP/1.1\r\nHost: x\r\n` +
          `Authorization: Bearer ${bobo}\r\nContent-Length: ${hart.bytes.length}\r\n\r\n`,
      );
      socket.write(hart.bytes.slice(0, sent));
      // Until the depot has begun to write it down.
      while (uploads().length === 0) await Bun.sleep(1);
      socket.end();
      await closed;
      while (uploads().length > 0) await Bun.sleep(1);
    }
    expect((await depot.call("GET", "/depot/pkgs/acme/cut/latest")).status).toBe(404);
    expect((await upload(hart)).status).toBe(201);
    expect(depot.log).toEqual([]);
  });

  test("twice at once of the same release is kept once", async () => {
    const hart = await makeHart("acme/twice/1.0/20260101000000");
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(hart)));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([201, 409, 409, 409, 409, 409, 409, 409]);
    expect(uploads()).toEqual([]);
    expect((await files()).blobs).toContain(hart.checksum);
  });
});

describe("the signature of an upload", () => {
  test("is not looked at while the depot has no key", async () => {
    const tampered = vectorHart("bad-payload-appended", "acme/tiny/0.1.0/20260101000000");
    expect((await upload(tampered, { query: "&forced=true" })).status).toBe(422);
    expect((await upload(await makeHart("acme/unsigned/1.0/20260101000000", {}, "stranger"))).status).toBe(
      201,
    );
  });

  test("must be good once the depot has it", async () => {
    const text = vectorKey("acme-20261123072809.pub");
    const added = await depot.call("POST", "/depot/origins/acme/keys/20261123072809", {
      token: bobo,
      body: text,
    });
    expect(added.status).toBe(201);
    for (const name of ["bad-signature-bit", "bad-signed-by-mallory", "bad-payload-appended"]) {
      const response = await upload(vectorHart(name, tiny.ident), {
        query: "&forced=true&target=x86_64-windows",
      });
      expect(response.status).toBe(422);
    }
    const lib = vectorHart("lib", "acme/lib/2.1.0/20260101000002");
    expect((await upload(lib)).status).toBe(201);
    const flipped = { ...lib, bytes: lib.bytes.slice() };
    flipped.bytes[100] = (flipped.bytes[100] ?? 0) ^ 1;
    const hash = new Bun.CryptoHasher("blake2b256").update(flipped.bytes).digest("hex");
    expect((await upload(flipped, { checksum: hash, query: "&forced=true" })).status).toBe(422);
    expect((await upload(await makeHart("acme/signed/1.0/20260101000000"))).status).toBe(201);
  });

  test("of a new release with a false signature is refused before anything is stored", async () => {
    const text = publicKeyText("acme");
    const [, name = ""] = text.split("\n");
    const added = await depot.call("POST", `/depot/origins/acme/keys/${name.slice(-14)}`, {
      token: bobo,
      body: text,
    });
    expect(added.status).toBe(201);
    const good = await makeHart("acme/tampered/1.0/20260101000000");
    // The header's fourth line is the signature; the digest inside it is signed, so any change must be seen.
    const bytes = good.bytes.slice();
    const line = new TextDecoder("latin1").decode(bytes).split("\n")[3] ?? "";
    const at = new TextDecoder("latin1").decode(bytes).indexOf(line) + 10;
    bytes[at] = bytes[at] === 0x41 ? 0x42 : 0x41;
    const checksum = new Bun.CryptoHasher("blake2b256").update(bytes).digest("hex");
    const before = await files();
    const response = await upload({ ...good, bytes, checksum });
    expect(response.status).toBe(422);
    expect(await response.text()).toStartWith("Invalid signature of acme-");
    expect(await files()).toEqual(before);
    expect((await upload(good)).status).toBe(201);
  });
});
