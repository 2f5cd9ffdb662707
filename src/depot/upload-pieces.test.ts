import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkDepotAt } from "./index.ts";
import { MAX_UNFINISHED_UPLOADS, PIECE_BYTES, UNFINISHED_UPLOAD_MS } from "./limits.ts";
import { timestampOf } from "./store/database.ts";
import { answered, startTestDepot, type TestDepot } from "./testing/depot.ts";
import { largeHart, makeHart, type TestHart } from "./testing/harts.ts";

let depot: TestDepot;
let bobo: string;
let alice: string;
/** Two pieces and a bit more. */
let large: TestHart;

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  alice = await depot.account("alice");
  await depot.call("POST", "/depot/origins", { token: bobo, json: { name: "acme" } });
  large = await largeHart("acme/large/1.0/20260101000000", 2 * PIECE_BYTES + 1000);
});

afterAll(() => depot.stop());

const at = (hart: TestHart, more = ""): string =>
  `/depot/pkgs/${hart.ident}/upload?checksum=${hart.checksum}${more}`;

function put(hart: TestHart, offset: number, bytes = hart.bytes.subarray(offset, offset + PIECE_BYTES)) {
  return depot.call("PUT", at(hart, `&offset=${offset}`), { token: bobo, body: bytes });
}

async function offsetOf(hart: TestHart, token = bobo): Promise<number> {
  return ((await (await depot.call("GET", at(hart), { token })).json()) as { offset: number }).offset;
}

const finish = (hart: TestHart) => depot.call("POST", at(hart), { token: bobo });

const problems = async () =>
  (await checkDepotAt(depot.place, { quick: false, repair: false, signal: new AbortController().signal }))
    .problems;

describe("an upload in pieces", () => {
  test("goes on where it broke off, also after a crash of the depot, and leaves only the package", async () => {
    expect(await offsetOf(large)).toBe(0);
    expect(await (await put(large, 0)).json()).toEqual({ offset: PIECE_BYTES, piece_bytes: PIECE_BYTES });
    // A piece that breaks off is none.
    const broken = new AbortController();
    const dripping = new ReadableStream({
      async pull(controller) {
        controller.enqueue(large.bytes.subarray(PIECE_BYTES, PIECE_BYTES + 1000));
        broken.abort();
      },
    });
    const cut = depot.call("PUT", at(large, `&offset=${PIECE_BYTES}`), {
      token: bobo,
      body: dripping,
      signal: broken.signal,
    });
    await expect(cut).rejects.toThrow();
    await depot.restart();
    expect(await offsetOf(large)).toBe(PIECE_BYTES);
    // It is nobody else's, and no package yet.
    expect((await depot.call("GET", at(large), { token: alice })).status).toBe(403);
    expect((await depot.call("GET", `/depot/pkgs/${large.ident}`)).status).toBe(404);
    for (const offset of [0, 2 * PIECE_BYTES])
      expect(await answered(await put(large, offset))).toEqual({
        status: 409,
        body: `The next piece begins at ${PIECE_BYTES}`,
      });
    expect((await put(large, PIECE_BYTES)).status).toBe(200);
    expect((await put(large, 2 * PIECE_BYTES)).status).toBe(200);
    expect(await problems()).toEqual([]);
    expect(await answered(await finish(large))).toEqual({
      status: 201,
      body: `/pkgs/${large.ident}/download`,
    });
    const bytes = await (await depot.call("GET", `/depot/pkgs/${large.ident}/download`)).bytes();
    expect(Buffer.compare(bytes, large.bytes)).toBe(0);
    expect(await depot.blobs()).toEqual([large.checksum]);
    expect((await depot.call("GET", at(large), { token: bobo })).status).toBe(409);
    expect(await problems()).toEqual([]);
  });

  test("is checked as every other, and forgotten when it cannot become a package", async () => {
    const hart = await makeHart("acme/other/1.0/20260101000000");
    const wrong = { ...hart, ident: "acme/renamed/1.0/20260101000000" };
    expect((await finish(wrong)).status).toBe(404);
    expect((await put(wrong, 0)).status).toBe(200);
    expect((await finish(wrong)).status).toBe(422);
    expect(await offsetOf(wrong)).toBe(0);
    expect(await depot.blobs()).toEqual([large.checksum]);
  });

  test.each([
    ["no checksum", `/depot/pkgs/${"acme/app/1/2"}/upload`, "x", 422],
    ["a piece that begins in the middle of one", "&offset=1000", "x", 422],
    ["no bytes", "", "", 422],
    ["a position beyond every hart", `&offset=${2 ** 49}`, "x", 413],
    ["no number", "&offset=-1", "x", 400],
  ])("is refused with %s", async (_, more, body, status) => {
    const hart = { ident: "acme/app/1/2", checksum: "ab".repeat(32), bytes: new Uint8Array(0) };
    const path = more.startsWith("/") ? more : at(hart, more);
    expect((await depot.call("PUT", path, { token: bobo, body })).status).toBe(status);
  });

  test("ends when it is given up, or when nobody goes on with it for a day; an account has some, not many", async () => {
    const many = Array.from({ length: MAX_UNFINISHED_UPLOADS + 1 }, (_, index) => ({
      ident: `acme/many/1.${index}/20260101000000`,
      checksum: "cd".repeat(32),
      bytes: new TextEncoder().encode(`the beginning of ${index}`),
    }));
    const statuses = [];
    for (const hart of many) statuses.push((await put(hart, 0)).status);
    expect(statuses).toEqual([...many.slice(1).map(() => 200), 422]);
    const [first, second] = many as [TestHart, TestHart];
    expect((await depot.call("DELETE", at(first), { token: bobo })).status).toBe(204);
    expect(await depot.blobs()).toHaveLength(MAX_UNFINISHED_UPLOADS);
    const old = timestampOf(Date.now() - UNFINISHED_UPLOAD_MS - 1000);
    await depot.write(async ({ db }) => {
      await db
        .updateTable("upload_pieces")
        .set({ created_at: old })
        .where("ident", "!=", second.ident)
        .execute();
    });
    await depot.restart();
    expect(await offsetOf(second)).toBe(second.bytes.length);
    expect(await depot.blobs()).toHaveLength(2);
    expect(readdirSync(join(depot.directory, "uploads"))).toEqual([]);
  });
});
