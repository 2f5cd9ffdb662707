// The key that seals secrets, as files and as the operator gives it (reference/depot-api.md §3.3, §24.1).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseSignedBox, Secret } from "../crypto/index.ts";
import { openDatabaseOf } from "./place.ts";
import { type DepotSecrets, openSecrets } from "./secrets.ts";
import type { DepotDatabase } from "./store/database.ts";
import { temporaryDirectory } from "./testing/directory.ts";

const KEY = "BOX-SEC-1\nbldr-20200825205529\n\nM9u8wuJmZMsmVG4tNgngYJDapjIJE1RnxJAFVN97Bxs=";
const OTHER = KEY.replace("20200825205529", "20210101000000");
const NOW = Date.UTC(2026, 0, 1);

const root = temporaryDirectory("hab-secrets-");
let database: DepotDatabase;
let directory: string;
let places = 0;
beforeAll(async () => {
  database = await openDatabaseOf(join(root, "data"));
});
beforeEach(async () => {
  await database.write(({ db }) => db.deleteFrom("depot_facts").where("name", "=", "sealing-key").execute());
  directory = join(root, `keys${places++}`);
  mkdirSync(directory);
});
afterAll(async () => {
  await database.close();
  rmSync(root, { recursive: true });
});

const open = (given?: string, from = directory): Promise<DepotSecrets> =>
  openSecrets(database, { directory: from, ...(given !== undefined && { given: new Secret(given) }) }, NOW);
const sealer = (sealed: string): string => parseSignedBox(sealed).recipient.revision;

describe("a key that the operator gives", () => {
  test.each([KEY, KEY.replaceAll("\n", "\\n"), `${KEY}\n`])(
    "seals and opens, and no file is made (%#)",
    async (text) => {
      const secrets = await open(text);
      const sealed = await secrets.seal(new Secret("opens the safe"));
      expect(sealer(sealed)).toBe("20200825205529");
      expect(await secrets.open(sealed)).toBe("opens the safe");
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  test("is needed by every process, from then on", async () => {
    await open(KEY);
    await expect(open()).rejects.toMatchObject({ code: "HAB-DEP-044" });
    await expect(open(OTHER)).rejects.toMatchObject({ code: "HAB-DEP-044" });
    await open(KEY);
  });

  test("takes over from a file, which still opens what it sealed", async () => {
    const sealed = await (await open()).seal(new Secret("old"));
    const secrets = await open(KEY);
    expect(await secrets.open(sealed)).toBe("old");
    expect(sealer(await secrets.seal(new Secret("new")))).toBe("20200825205529");
    // A process that has the file alone would seal with what others cannot know to be old.
    await expect(open()).rejects.toMatchObject({ code: "HAB-DEP-044" });
  });

  test.each([
    "",
    "M9u8wuJmZMsmVG4tNgngYJDapjIJE1RnxJAFVN97Bxs=",
    KEY.replace("bldr-", "acme-"),
    KEY.replace("BOX-SEC", "SIG-SEC"),
  ])("is refused where it is none, without being told (%#)", async (text) => {
    const error = await open(text).then(
      () => undefined,
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ code: "HAB-DEP-115" });
    expect(String(error)).not.toContain("M9u8");
  });
});

test("without one the first process makes a file, and the others need it", async () => {
  await open();
  expect(readdirSync(directory)).toEqual(["bldr-20260101000000.box.key"]);
  await open();
  await expect(open(undefined, join(root, "elsewhere"))).rejects.toMatchObject({ code: "HAB-DEP-044" });
});
