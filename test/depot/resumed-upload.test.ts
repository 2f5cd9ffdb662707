// The client with a real depot: a large hart goes in pieces, and only what is missing of it (docs/decisions/0038).
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../src/crypto/index.ts";
import { PIECE_BYTES } from "../../src/depot/limits.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { temporaryDirectory } from "../../src/depot/testing/directory.ts";
import { largeHart } from "../../src/depot/testing/harts.ts";
import { createDepotClient } from "../../src/depot-client/index.ts";
import { parseFullIdent } from "../../src/package/index.ts";

const directory = temporaryDirectory("hab-resumed-");
let depot: TestDepot;
let bobo: string;

beforeAll(async () => {
  depot = await startTestDepot();
  bobo = await depot.account("bobo");
  await depot.call("POST", "/depot/origins", { token: bobo, json: { name: "acme" } });
});

afterAll(async () => {
  await depot.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("an upload that broke off is gone on with by the next run", async () => {
  const hart = await largeHart("acme/sent/1.0/20260101000000", 2 * PIECE_BYTES + 500);
  const path = join(directory, "sent.hart");
  writeFileSync(path, hart.bytes);
  const first = await depot.call(
    "PUT",
    `/depot/pkgs/${hart.ident}/upload?checksum=${hart.checksum}&target=x86_64-linux&offset=0`,
    { token: bobo, body: hart.bytes.subarray(0, PIECE_BYTES) },
  );
  expect(first.status).toBe(200);
  const client = createDepotClient({
    url: depot.url,
    token: new Secret(bobo),
    retries: { uploads: { delaysMs: [] } },
  });
  const options = {
    ident: parseFullIdent(hart.ident),
    target: "x86_64-linux",
    checksum: hart.checksum,
    forced: false,
  } as const;
  expect(await client.uploadPackage(path, options)).toBe(true);
  expect(await client.uploadPackage(path, options)).toBe(false);
  const bytes = await (await depot.call("GET", `/depot/pkgs/${hart.ident}/download`)).bytes();
  expect(Buffer.compare(bytes, hart.bytes)).toBe(0);
});
