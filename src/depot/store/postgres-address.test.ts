import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parsePostgresUrl } from "./postgres-address.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-address-"));
afterAll(() => rmSync(directory, { recursive: true }));

const NOWHERE = { PGPASSFILE: "/nowhere" };
const parse = (text: string, env: Record<string, string> = NOWHERE) =>
  parsePostgresUrl(text, env, { mayHoldPassword: false });

describe("the address of a database", () => {
  test("names server, user and database, and has defaults for all but the server", () => {
    const { shown, connection, settings } = parse(
      "postgres://u%40x@db.example.com:6432/packages?schema=depot",
    );
    expect(shown).toBe("postgres://u@x@db.example.com:6432/packages");
    expect(connection).toMatchObject({
      hostname: "db.example.com",
      port: 6432,
      username: "u@x",
      database: "packages",
    });
    expect(settings).toEqual({ search_path: "depot" });
    expect(parse("postgresql://db").connection).toMatchObject({
      port: 5432,
      username: "hab",
      database: "depot",
    });
    expect(parse("postgres:///d?host=/run/postgresql").connection).toMatchObject({
      path: "/run/postgresql/.s.PGSQL.5432",
      tls: false,
    });
  });

  test("asks a server in the network to prove who it is, unless it says otherwise", () => {
    expect(parse("postgres://db/d").connection.tls).toEqual({ rejectUnauthorized: true });
    expect(parse("postgres://db/d?sslmode=require").connection.tls).toEqual({ rejectUnauthorized: false });
    expect(parse("postgres://db/d?sslmode=disable").connection.tls).toBe(false);
    expect(parse("postgres://127.0.0.1/d").connection.tls).toBe(false);
    expect(parse("postgres://[::1]/d").connection.tls).toBe(false);
  });

  test.each([
    ["postgres://u:secret@db/d", "password on the command line"],
    ["postgres:///d", "no host"],
    ["postgres://db/d?sslmode=perhaps", "sslmode"],
    ["postgres://db/d?sslmode=prefer", "talk in clear"],
    ["postgres://db/d?sslmode=allow", "talk in clear"],
    ["postgres://db/d?sslmode=verify-ca", "needs sslrootcert"],
    ["postgres://db/d?sslmod=require", "sslmod is not known"],
    ["postgres://db/d?connections=0", "connections"],
    ["postgres://db/d?schema=a;b", "schema"],
  ])("%s is refused, and the secret not repeated", (text, why) => {
    expect(() => parse(text)).toThrow(why);
    try {
      parse(text);
    } catch (error) {
      expect(String(error)).not.toContain("secret");
    }
  });

  test("may hold a password where nobody else can see it", () => {
    const { connection, shown } = parsePostgresUrl("postgres://u:s%3Acret@db/d", NOWHERE, {
      mayHoldPassword: true,
    });
    expect(connection.password?.()).toBe("s:cret");
    expect(shown).not.toContain("cret");
  });
});

describe("the password", () => {
  test("comes from a file, a variable or a password file, in this order", () => {
    const file = join(directory, "password");
    writeFileSync(file, "from a file\n");
    const passes = join(directory, "pgpass");
    writeFileSync(passes, "# mine\nother:5432:d:u:no\ndb:*:d:u:a\\:b\n*:*:*:*:last\n");
    const url = "postgres://u@db/d";
    const passwordFor = (env: Record<string, string>): string | undefined =>
      parse(url, env).connection.password?.();
    expect(passwordFor({ HAB_DEPOT_DATABASE_PASSWORD_FILE: file, PGPASSWORD: "x" })).toBe("from a file");
    expect(passwordFor({ PGPASSWORD: "variable", PGPASSFILE: passes })).toBe("variable");
    expect(passwordFor({ PGPASSFILE: passes })).toBe("a:b");
    expect(parse("postgres://v@db/d", { PGPASSFILE: passes }).connection.password?.()).toBe("last");
    expect(passwordFor(NOWHERE)).toBe("");
    expect(() => parse(url, { HAB_DEPOT_DATABASE_PASSWORD_FILE: "/nowhere/at/all" })).toThrow(
      "/nowhere/at/all",
    );
  });
});
