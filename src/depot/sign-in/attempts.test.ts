// How often a password may be tried, on a clock of the test's own.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "../answers.ts";
import { type DepotDatabase, openDatabase } from "../store/database.ts";
import { temporaryDirectory } from "../testing/directory.ts";
import { attemptsOn, lockMs } from "./attempts.ts";

let directory: string;
let database: DepotDatabase;
let now = Date.UTC(2026, 0, 1);
const clock = () => now;

beforeAll(async () => {
  directory = temporaryDirectory("hab-attempts-");
  database = await openDatabase(join(directory, "depot.sqlite"), { now: clock });
});
afterAll(async () => {
  await database.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The wait that a refusal asks for, in seconds; 0 for an attempt that may be made. */
async function wait(work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 429) throw error;
    return Number(error.headers["Retry-After"]);
  }
}

describe("a name", () => {
  test("is locked after ten failures, for longer with each further one, at most a quarter of an hour", () => {
    expect([1, 9, 10, 11, 12, 13, 14, 15, 1000].map((failures) => lockMs(failures) / 60_000)).toEqual([
      0, 0, 1, 2, 4, 8, 15, 15, 15,
    ]);
  });

  test("is locked for every address and every process, also when all attempts come at once", async () => {
    const processes = [attemptsOn(database, clock), attemptsOn(database, clock)];
    const waits = await Promise.all(
      Array.from({ length: 14 }, (_, each) =>
        wait((processes[each % 2] as (typeof processes)[number]).begin("alice", `192.0.2.${each}`)),
      ),
    );
    expect(waits.filter((seconds) => seconds === 0)).toHaveLength(10);
    expect(waits.filter((seconds) => seconds === 60)).toHaveLength(4);
    now += 60_000;
    expect(await wait(attemptsOn(database, clock).begin("alice", "192.0.2.99"))).toBe(0);
    expect(await wait(attemptsOn(database, clock).begin("alice", "192.0.2.99"))).toBe(120);
  });

  test("starts anew with the right password, and an hour after the last failure", async () => {
    const attempts = attemptsOn(database, clock);
    for (let each = 0; each < 9; each++) await attempts.begin("bob", "192.0.2.1");
    await (await attempts.begin("bob", "192.0.2.1")).succeeded();
    expect(await wait(attempts.begin("bob", "192.0.2.1"))).toBe(0);
    now += 2 * 3600_000;
    for (let each = 0; each < 9; each++) expect(await wait(attempts.begin("alice", "192.0.2.2"))).toBe(0);
    // Names whose failures have been forgotten leave no rows.
    const rows = await database.db.selectFrom("sign_in_failures").selectAll().execute();
    expect(rows).toHaveLength(1);
  });
});

test("an address is slowed down, whatever names it tries; right passwords do not count", async () => {
  const attempts = attemptsOn(database, clock);
  for (let each = 0; each < 40; each++) await (await attempts.begin("carol", "198.51.100.7")).succeeded();
  const waits = [];
  for (let each = 0; each < 31; each++)
    waits.push(await wait(attempts.begin(`name-${each}`, "198.51.100.7")));
  expect(waits.filter((seconds) => seconds > 0)).toEqual([10]);
});
