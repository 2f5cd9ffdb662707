// Run by scale.test.ts with a real PostgreSQL: what several processes on one database rely on.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import { sql } from "kysely";
import { selfSignedCertificate } from "../../crypto/index.ts";
import { OPERATOR } from "../accounts.ts";
import { temporaryDirectory } from "../testing/directory.ts";
import { insertAccount } from "./accounts.ts";
import { type DepotDatabase, openDatabase } from "./database.ts";
import type { DepotMigrations } from "./migrate.ts";
import { depotMigrations } from "./migrations.ts";
import { insertOrigin } from "./origins.ts";
import { parsePostgresUrl } from "./postgres-address.ts";

const { HAB_TEST_DATABASE: server = "", HAB_TEST_DATABASE_CERTIFICATE: certificate = "" } = process.env;
const admin = new SQL(server, { max: 1 });
const root = temporaryDirectory("hab-tls-");
let names = 0;

/** A new database on the server; its order of texts is that of people, unless told otherwise. */
async function newAddress(
  options = "template template0 locale_provider icu icu_locale 'en'",
): Promise<string> {
  const name = `several${process.pid}_${names++}`;
  await admin.unsafe(`create database ${name} ${options}`);
  return server.replace(/\/[^/]*$/, `/${name}`);
}

const address = (url: string) => parsePostgresUrl(url, {}, { mayHoldPassword: false });

let url: string;
let one: DepotDatabase;
let other: DepotDatabase;

beforeAll(async () => {
  url = await newAddress();
  [one, other] = (await Promise.all([openDatabase(address(url)), openDatabase(address(url))])) as [
    DepotDatabase,
    DepotDatabase,
  ];
});

afterAll(async () => {
  await one.close();
  await other.close();
  await admin.close();
  rmSync(root, { recursive: true });
});

describe("two processes that meet a new database", () => {
  test("both get it ready, once", async () => {
    const fresh = address(await newAddress());
    const opened = await Promise.all([1, 2, 3, 4].map(() => openDatabase(fresh)));
    const { rows } = await sql<{
      name: string;
    }>`select name from depot_migrations order by name`.execute((opened[0] as DepotDatabase).db);
    expect(rows.map((row) => row.name)).toEqual(Object.keys(depotMigrations).sort());
    for (const each of opened) await each.close();
  });
});

describe("a transaction", () => {
  test("is seen by others when it is complete, not before, and leaves nothing when it fails", async () => {
    await one.write(async (writing) => {
      await insertAccount(writing, "complete", "");
      expect(
        await other.db.selectFrom("accounts").select("id").where("name", "=", "complete").execute(),
      ).toEqual([]);
    });
    const row = await other.db.selectFrom("accounts").select("id").where("name", "=", "complete").execute();
    expect(row).toHaveLength(1);
    const failing = one.write(async (writing) => {
      await insertAccount(writing, "never", "");
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await one.db.selectFrom("accounts").select("id").where("name", "=", "never").execute()).toEqual(
      [],
    );
  });

  test("still knows when it commits what it read: none comes between", async () => {
    await one.write(({ db }) => db.insertInto("depot_facts").values({ name: "tally", value: "0" }).execute());
    const add = (database: DepotDatabase): Promise<void> =>
      database.write(async ({ db }) => {
        const { value } = await db
          .selectFrom("depot_facts")
          .select("value")
          .where("name", "=", "tally")
          .executeTakeFirstOrThrow();
        await db
          .updateTable("depot_facts")
          .set({ value: String(Number(value) + 1) })
          .where("name", "=", "tally")
          .execute();
      });
    await Promise.all(Array.from({ length: 40 }, (_, index) => add(index % 2 === 0 ? one : other)));
    const tally = one.db.selectFrom("depot_facts").select("value").where("name", "=", "tally");
    expect(await tally.executeTakeFirst()).toEqual({ value: "40" });
  });

  test("gives its rows ids that no other process gives", async () => {
    const ids = await Promise.all(
      [one, other].map((database) =>
        database.write(async ({ newId }) => Array.from({ length: 50 }, () => BigInt(newId()) & 0x1fffn)),
      ),
    );
    expect(new Set(ids[0]).size).toBe(1);
    expect(ids[0]?.[0]).not.toBe(ids[1]?.[0] as bigint);
  });

  test("that violates a rule says so, and one with text that cannot be is refused", async () => {
    const account = await one.write((writing) => insertAccount(writing, "owner", ""));
    await one.write((writing) => insertOrigin(writing, OPERATOR, account.id, "acme", "public"));
    await expect(
      other.write((writing) => insertOrigin(writing, OPERATOR, account.id, "acme", "public")),
    ).rejects.toMatchObject({ errno: "23505" });
    await expect(one.write((writing) => insertAccount(writing, "a\0b", ""))).rejects.toMatchObject({
      errno: "22021",
    });
  });
});

describe("the version", () => {
  test("changes for all with every commit, and not else", async () => {
    const before = await other.version();
    expect(await other.version()).toBe(before);
    await one.write((writing) => insertAccount(writing, "versioned", ""));
    const after = await other.version();
    expect(after).not.toBe(before);
    expect(await one.version()).toBe(after);
    // Asked by many at once, each answer is as new as the asking.
    const asked = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        if (index === 10) await one.write((writing) => insertAccount(writing, "between", ""));
        return await other.version();
      }),
    );
    expect(asked[10]).not.toBe(after);
  });
});

describe("texts", () => {
  test("are ordered by bytes, whatever the order of the database", async () => {
    const texts = ["b", "B", "a", "é", "Z", "-a", "a-b", "ab", "_"];
    await one.write(async (writing) => {
      for (const text of texts) await insertAccount(writing, `order:${text}`, "");
    });
    const rows = await one.db
      .selectFrom("accounts")
      .select("name")
      .where("name", "like", "order:%")
      .orderBy("name")
      .execute();
    expect(rows.map((row) => row.name.slice(6))).toEqual(
      [...texts].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });
});

describe("a broken connection", () => {
  test("is not seen by those who read or begin to write", async () => {
    const end = (): Promise<unknown> =>
      admin.unsafe("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [
        new URL(url).pathname.slice(1),
      ]);
    for (let round = 0; round < 3; round++) {
      await end();
      expect(
        await one.db.selectFrom("accounts").select("id").where("name", "=", "owner").execute(),
      ).toHaveLength(1);
      await end();
      await one.write((writing) => insertAccount(writing, `after ${round}`, ""));
    }
  });

  test("in the middle of a transaction loses all of it", async () => {
    const losing = one.write(async (writing) => {
      await insertAccount(writing, "lost", "");
      await admin.unsafe("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [
        new URL(url).pathname.slice(1),
      ]);
      await insertAccount(writing, "lost too", "");
    });
    await expect(losing).rejects.toBeDefined();
    const found = one.db.selectFrom("accounts").select("id").where("name", "like", "lost%");
    expect(await found.execute()).toEqual([]);
  });
});

describe("processes of an older and a newer hab", () => {
  const first = { "0001-packages-channels-accounts": depotMigrations["0001-packages-channels-accounts"] };
  const older = first as DepotMigrations;
  const adding: DepotMigrations = {
    ...depotMigrations,
    "0900-adds": {
      up: async (db) => await db.schema.createTable("later").addColumn("x", "text").execute(),
      worksWith: "0010-shared-state",
    },
  };
  const breaking: DepotMigrations = {
    ...adding,
    "0901-breaks": { up: async (db) => await db.schema.dropTable("later").execute() },
  };

  test("the newer one brings what the older one made up to date", async () => {
    const place = address(await newAddress());
    await openDatabase(place, { migrations: older }).then((database) => database.close());
    const newer = await openDatabase(place);
    await newer.write((writing) => insertAccount(writing, "bobo", ""));
    await newer.close();
  });

  test("the older one goes on, and starts, beside a step that only adds; it refuses one that breaks", async () => {
    const place = address(await newAddress());
    const running = await openDatabase(place);
    const newer = await openDatabase(place, { migrations: adding });
    await running.write((writing) => insertAccount(writing, "from the older", ""));
    const restarted = await openDatabase(place);
    await restarted.write((writing) => insertAccount(writing, "from the older, restarted", ""));
    for (const each of [running, newer, restarted]) await each.close();
    await openDatabase(place, { migrations: breaking }).then((database) => database.close());
    await expect(openDatabase(place)).rejects.toMatchObject({ code: "HAB-DEP-003" });
  });
});

describe("TLS", () => {
  /** By the name in the server's certificate. */
  const named = (parameters: string): string => `${url.replace("127.0.0.1", "localhost")}?${parameters}`;
  const refusal = async (place: string): Promise<string> =>
    await openDatabase(address(place)).then(
      async (database) => {
        await database.close();
        return "";
      },
      (error: unknown) => `${(error as { code?: string }).code} ${String(error)}`,
    );
  const ask = async (place: string): Promise<unknown> => {
    const database = await openDatabase(address(place));
    const { rows } = await sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(database.db);
    await database.close();
    return rows;
  };

  test("is used when asked for, and the server's certificate checked against the one that is trusted", async () => {
    expect(await ask(named("sslmode=require"))).toEqual([{ ssl: true }]);
    expect(await ask(named(`sslmode=verify-full&sslrootcert=${certificate}`))).toEqual([{ ssl: true }]);
    expect(await ask(named("sslmode=disable"))).toEqual([{ ssl: false }]);
  });

  test("a server is refused whose certificate nobody who is trusted has signed, or that is for another name", async () => {
    const stranger = join(root, "stranger.pem");
    const day = 86_400_000;
    const [notBefore, notAfter] = [new Date(Date.now() - day), new Date(Date.now() + day)];
    const parts = { organization: "stranger", dnsNames: ["localhost"], notBefore, notAfter };
    writeFileSync(stranger, selfSignedCertificate(parts).certificate);
    const self = /HAB-DEP-041 .*(self.signed|verify the first)/;
    expect(await refusal(named("sslmode=verify-full"))).toMatch(self);
    expect(await refusal(named(`sslmode=verify-full&sslrootcert=${stranger}`))).toMatch(self);
    expect(await refusal(`${url}?sslmode=verify-full&sslrootcert=${certificate}`)).toMatch(
      /HAB-DEP-041 .*altname/,
    );
    // The authority is known, only the name is another: verify-ca takes that, and nobody else's certificate.
    expect(await ask(`${url}?sslmode=verify-ca&sslrootcert=${certificate}`)).toEqual([{ ssl: true }]);
    expect(await refusal(`${url}?sslmode=verify-ca&sslrootcert=${stranger}`)).toMatch(self);
    for (const mode of ["require", "disable"])
      expect(() => address(named(`sslmode=${mode}&sslrootcert=${certificate}`))).toThrow(
        "checks no certificate",
      );
    expect(() => address(named("sslmode=verify-full&sslrootcert=/nowhere.pem"))).toThrow("/nowhere.pem");
  });

  test("a server without it is refused where it is asked for: nothing goes out in clear instead", async () => {
    const reloaded = async (value: "on" | "off"): Promise<void> => {
      await admin.unsafe(`alter system set ssl = ${value}`);
      await admin.unsafe("select pg_reload_conf()");
      // A connection made after the server has read its file anew.
      for (;;) {
        const probe = new SQL(server, { max: 1 });
        const [row] = await probe.unsafe("show ssl");
        await probe.close();
        if (row?.ssl === value) return;
      }
    };
    await reloaded("off");
    try {
      for (const mode of ["require", `verify-full&sslrootcert=${certificate}`])
        expect(await refusal(named(`sslmode=${mode}`))).toMatch(/HAB-DEP-041 .*SSL/);
    } finally {
      await reloaded("on");
    }
  });
});

describe("a server that cannot be used", () => {
  test.each([
    [() => server.replace(/:\d+\//, ":1/"), "connect"],
    [() => server.replace(/\/[^/]*$/, "/nowhere"), "nowhere"],
  ])("is told of in plain words (%#)", async (make, word) => {
    const opening = openDatabase(address(make()));
    await expect(opening).rejects.toMatchObject({ code: "HAB-DEP-041" });
    await expect(opening).rejects.toThrow(word);
  });
});
