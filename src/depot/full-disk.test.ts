// A depot whose disk is full: uploads are refused, nothing is half there, and with space it goes on. On a real small file
// system, so as root only; in scale.test.ts also with rows and blobs elsewhere, where only the uploads' directory is full.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDepotAt } from "./index.ts";
import { startTestDepot, type TestDepot } from "./testing/depot.ts";
import { makeHart } from "./testing/harts.ts";

const DISK = "6m";

let directory: string;
let depot: TestDepot;
let bobo: string;

const canMount = ((): boolean => {
  if (process.getuid?.() !== 0) return false;
  directory = mkdtempSync(join(tmpdir(), "hab-full-disk-"));
  const { exitCode } = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${DISK}`, "tmpfs", directory]);
  if (exitCode !== 0) rmSync(directory, { recursive: true });
  return exitCode === 0;
})();

describe.skipIf(!canMount)("a full disk", () => {
  beforeAll(async () => {
    depot = await startTestDepot({ directory: join(directory, "depot") });
    bobo = await depot.account("bobo");
    await depot.call("POST", "/depot/origins", { token: bobo, json: { name: "acme" } });
  });

  afterAll(async () => {
    await depot.stop();
    Bun.spawnSync(["umount", "-l", directory]);
    rmSync(directory, { recursive: true, force: true });
  });

  const upload = async (version: number): Promise<number> => {
    const random = Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))).toString("hex");
    const { ident, bytes, checksum } = await makeHart(`acme/app/${version}.0/20260101000000`, {
      "bin/data": random + [...random].reverse().join(""),
    });
    const path = `/depot/pkgs/${ident}?checksum=${checksum}`;
    return (await depot.call("POST", path, { token: bobo, body: bytes })).status;
  };

  const problems = async () => {
    const { signal } = new AbortController();
    return (await checkDepotAt(depot.place, { quick: false, repair: false, signal })).problems;
  };

  test("refuses uploads with 507, keeps what was acknowledged, and goes on when there is space", async () => {
    expect(await upload(0)).toBe(201);
    // Fills what is left to the last byte.
    const filler = join(directory, "filler");
    for (let size = 4 * 1024 * 1024; size >= 512; size /= 2)
      for (let number = 0; number < 3; number++)
        try {
          writeFileSync(`${filler}${size}.${number}`, new Uint8Array(size));
        } catch (error) {
          expect(error).toMatchObject({ code: "ENOSPC" });
        }
    expect(await upload(1)).toBe(507);
    expect(await upload(2)).toBe(507);
    expect((await depot.call("GET", "/depot/pkgs/acme/app/latest")).status).toBe(200);
    for (const name of readdirSync(directory))
      if (name.startsWith("filler")) unlinkSync(join(directory, name));
    expect(readdirSync(join(directory, "depot", "uploads"))).toEqual([]);
    expect(await problems()).toEqual([]);
    expect(await upload(1)).toBe(201);
    await depot.restart();
    expect(await problems()).toEqual([]);
    const answer = await depot.call("GET", "/depot/pkgs/acme/app");
    expect(((await answer.json()) as { total_count: number }).total_count).toBe(2);
  });
});
