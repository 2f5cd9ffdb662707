import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { accountNamed, insertAccount } from "./accounts.ts";
import { type DepotDatabase, openDatabase } from "./database.ts";
import { RowIds } from "./row-ids.ts";

let directory: string;
let path: string;
let database: DepotDatabase;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "hab-depot-db-"));
  path = join(directory, "depot.sqlite");
  database = await openDatabase(path);
});

afterEach(async () => {
  await database.close();
  rmSync(directory, { recursive: true, force: true });
});

const add = (name: string, email = ""): Promise<unknown> =>
  database.write((writing) => insertAccount(writing, name, email));

describe("a transaction", () => {
  test("is seen by readers when it is complete, not before", async () => {
    await database.write(async (writing) => {
      await insertAccount(writing, "bobo", "");
      expect((await accountNamed(writing.db, "bobo"))?.name).toBe("bobo");
      expect(await accountNamed(database.db, "bobo")).toBeUndefined();
    });
    expect((await accountNamed(database.db, "bobo"))?.name).toBe("bobo");
  });

  test("leaves nothing when it fails, and the next one works", async () => {
    const failing = database.write(async (writing) => {
      await insertAccount(writing, "bobo", "");
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await accountNamed(database.db, "bobo")).toBeUndefined();
    await add("hank");
    expect((await accountNamed(database.db, "hank"))?.name).toBe("hank");
  });

  test("that fills the disk fails with that cause, and nothing is lost", async () => {
    await add("bobo");
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database.db);
    const limit = sql.raw(`pragma max_page_count = ${(rows[0]?.page_count ?? 0) + 2}`);
    const filling = database.write(async (writing) => {
      await limit.execute(writing.db);
      await insertAccount(writing, "big", "x".repeat(1_000_000));
    });
    await expect(filling).rejects.toMatchObject({ code: "SQLITE_FULL" });
    expect(await accountNamed(database.db, "big")).toBeUndefined();
    expect((await accountNamed(database.db, "bobo"))?.name).toBe("bobo");
  });

  test("waits for another's", async () => {
    const order: string[] = [];
    const slow = database.write(async (writing) => {
      await insertAccount(writing, "first", "");
      await new Promise((resolve) => setImmediate(resolve));
      order.push("first");
    });
    const quick = database.write(async () => void order.push("second"));
    await Promise.all([slow, quick]);
    expect(order).toEqual(["first", "second"]);
  });

  test("cannot be begun through the connection for reading", async () => {
    const writing = database.db.deleteFrom("accounts").execute();
    await expect(writing).rejects.toThrow("readonly");
  });
});

describe("a new database", () => {
  test("may be opened by several at once", async () => {
    const fresh = join(directory, "fresh.sqlite");
    const opened = await Promise.all([1, 2, 3, 4].map(() => openDatabase(fresh)));
    for (const [index, each] of opened.entries())
      await each.write((writing) => insertAccount(writing, `user${index}`, ""));
    const { rows } = await sql<{ n: number }>`select count(*) as n from accounts`.execute(
      (opened[0] as DepotDatabase).db,
    );
    expect(rows).toEqual([{ n: 4 }]);
    for (const each of opened) await each.close();
  });
});

describe("the version of the database", () => {
  test("changes with every commit, of this process and of others", async () => {
    const versions = [database.version()];
    await add("bobo");
    versions.push(database.version());
    const other = await openDatabase(path);
    versions.push(database.version());
    await other.write((writing) => insertAccount(writing, "hank", ""));
    await other.close();
    // Of others it hears in the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    versions.push(database.version());
    expect(versions[1]).not.toBe(versions[0]);
    expect(versions[2]).toBe(versions[1]);
    expect(versions[3]).not.toBe(versions[2]);
    expect(database.version()).toBe(versions[3] as string);
  });
});

describe("ids of rows", () => {
  test("rise, also within a millisecond, and fit 63 bits", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    const ids = new RowIds(() => now, 1);
    const made = Array.from({ length: 3000 }, () => BigInt(ids.next()));
    made.forEach((id, index) => {
      if (index > 0) expect(id).toBeGreaterThan(made[index - 1] as bigint);
    });
    expect(BigInt(new RowIds(() => Date.parse("2048-01-01"), 0x1fff).next())).toBeLessThan(2n ** 63n);
  });
});
