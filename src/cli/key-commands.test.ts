// The key commands, run as typed, on a key cache of their own.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHab } from "./testing/run-hab.ts";

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "hab-keys-")), "keys");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true, force: true }));

async function hab(words: string, stdin = "", env: Record<string, string> = {}) {
  const ended = await runHab(words.split(" "), {
    env: { HAB_CACHE_KEY_PATH: directory, HAB_NOCOLORING: "true", ...env },
    answers: stdin === "" ? [] : stdin.split("\n"),
  });
  return { ...ended, stdout: ended.stdout.replaceAll(/\d{14}/g, "REV"), raw: ended.stdout };
}
const files = () =>
  readdirSync(directory)
    .map((name) => name.replace(/\d{14}/, "REV"))
    .sort();

describe("generate", () => {
  const cases: [words: string, stdout: string, files: string[]][] = [
    [
      "origin key generate acme",
      "» Generating origin key for acme\n★ Generated origin key pair acme-REV.\n",
      ["acme-REV.pub", "acme-REV.sig.key"],
    ],
    [
      "ring key generate my-ring",
      "» Generating ring key for my-ring\n★ Generated ring key my-ring-REV.\n",
      ["my-ring-REV.sym.key"],
    ],
    [
      "svc key generate app.env#redis.default acme",
      "» Generating service key for redis.default in acme\n★ Generated service key pair redis.default@acme-REV.\n",
      ["redis.default@acme-REV.box.key", "redis.default@acme-REV.pub"],
    ],
    [
      "user key generate bob",
      "» Generating user key for bob\n★ Generated user encryption key pair bob-REV.\n",
      ["bob-REV.box.key", "bob-REV.pub"],
    ],
  ];
  for (const [words, stdout, expected] of cases)
    test(words, async () => {
      expect(await hab(words)).toMatchObject({ exitCode: 0, stdout, stderr: "" });
      expect(files()).toEqual(expected);
    });

  test("takes the origin from the environment", async () => {
    expect((await hab("origin key generate", "", { HAB_ORIGIN: "acme" })).exitCode).toBe(0);
    expect(files()).toHaveLength(2);
  });

  test("--json names the key and its files, people's lines go to standard error", async () => {
    const { raw, stderr } = await hab("origin key generate acme --json");
    const { name, revision, public_key } = JSON.parse(raw);
    expect(public_key).toBe(join(directory, `${name}-${revision}.pub`));
    expect(stderr).toContain("Generated origin key pair");
  });

  const refused: [words: string, exitCode: number][] = [
    ["origin key generate Acme", 2],
    ["svc key generate redis acme", 2],
    ["ring key generate a/b", 1],
    ["user key generate ../evil", 1],
  ];
  for (const [words, exitCode] of refused)
    test(`refused: ${words}`, async () => {
      expect((await hab(words)).exitCode).toBe(exitCode);
      expect(readdirSync(join(directory, "..")).flatMap((n) => (n === "keys" ? files() : [n]))).toEqual([]);
    });
});

describe("what is exported", () => {
  for (const [words, extension] of [
    ["origin key export acme", "pub"],
    ["origin key export acme -t secret", "sig.key"],
  ] as const)
    test(`${words} is the file, and imports again`, async () => {
      await hab("origin key generate acme");
      const { raw } = await hab(words);
      const name = readdirSync(directory).find((file) => file.endsWith(extension)) as string;
      expect(raw).toBe(readFileSync(join(directory, name), "utf8"));
      rmSync(directory, { recursive: true });
      expect((await hab("origin key import", `${raw}\n`)).exitCode).toBe(0);
      expect(readdirSync(directory)).toEqual([name]);
    });

  test("a ring key moves to another cache", async () => {
    await hab("ring key generate r");
    const { raw } = await hab("ring key export r");
    rmSync(directory, { recursive: true });
    const imported = await hab("ring key import", raw);
    expect(imported.stdout).toBe("» Importing ring key from standard input\n★ Imported ring key r-REV.\n");
    expect((await hab("ring key export r")).raw).toBe(raw);
  });
});

describe("import", () => {
  test("of something else says so and keeps nothing", async () => {
    for (const words of ["origin key import", "ring key import"]) {
      const { exitCode, stderr } = await hab(words, "hello\n");
      expect(exitCode).toBe(1);
      expect(stderr).toContain("HAB-KEY-");
    }
    expect(files()).toEqual([]);
  });

  test("of a secret key that cannot be stored shows nothing of it", async () => {
    const material = Buffer.alloc(32, 7).toString("base64");
    const key = (bytes: string) => `SYM-SEC-1\nr-20260101000000\n\n${bytes}`;
    await hab("ring key import", key(material));
    const { exitCode, stderr, raw } = await hab(
      "ring key import",
      key(Buffer.alloc(32, 9).toString("base64")),
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("new version hash is different");
    expect(stderr + raw).not.toContain(Buffer.alloc(32, 9).toString("base64"));
  });
});
