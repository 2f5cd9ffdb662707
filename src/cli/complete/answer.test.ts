import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../commands.ts";
import { answer } from "./answer.ts";
import { completionScript, SHELLS } from "./script.ts";

let root: string;
const saved = process.env["FS_ROOT"];
let server: ReturnType<typeof Bun.serve>;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "hab-complete-"));
  process.env["FS_ROOT"] = root;
  for (const ident of [
    "core/redis/7.0/20250101000000",
    "core/redis/7.2/20250101000000",
    "core/redis/7.2/20250202000000",
    "acme/app/1.0/20250101000000",
    "acme/bad\u001b[31mred/1.0/20250101000000",
    "acme/two\nlines/1.0/20250101000000",
  ]) {
    const directory = join(root, "hab/pkgs", ident);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "TARGET"), "x86_64-linux\n");
    writeFileSync(join(directory, "IDENT"), `${ident}\n`);
  }
  const specs = join(root, "hab/sup/default/specs");
  mkdirSync(specs, { recursive: true });
  writeFileSync(join(specs, "redis.spec"), 'ident = "core/redis"\n');
  writeFileSync(join(specs, "broken.spec"), "ident = \n");
  mkdirSync(join(root, "keys"));
  writeFileSync(join(root, "keys/acme-20250101000000.pub"), "");
  writeFileSync(join(root, "keys/acme-20250101000000.sig.key"), "");
  writeFileSync(join(root, "keys/core-20250101000000.pub"), "");
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) =>
      request.url.includes("/channels/slow")
        ? new Promise<Response>(() => {})
        : Response.json([{ name: "stable" }, { name: "canary" }]),
  });
});

afterAll(async () => {
  if (saved === undefined) delete process.env["FS_ROOT"];
  else process.env["FS_ROOT"] = saved;
  rmSync(root, { recursive: true, force: true });
  await server.stop(true);
});

async function complete(line: string, env: Record<string, string> = {}): Promise<string[]> {
  return (await answer(line.split(" "), { HAB_CACHE_KEY_PATH: join(root, "keys"), ...env }))
    .trimEnd()
    .split("\n");
}
const wordsOf = (lines: readonly string[]) => lines.slice(1).map((line) => line.split("\t")[0] as string);

describe("commands", () => {
  test("with their summaries", async () =>
    expect(await complete("pkg ins")).toEqual([
      "values\t",
      "install\tInstall packages from a depot or from harts",
    ]));
  test("groups, and no internal word", async () => {
    const words = wordsOf(await complete(""));
    expect(words).toContain("pkg");
    expect(words).toContain("help");
    expect(words.filter((word) => word.startsWith("hab-") || word.startsWith("__"))).toEqual([]);
  });
  test("after help", async () => expect(wordsOf(await complete("help pkg ins"))).toEqual(["install"]));
  test("none after a word that is no command", async () =>
    expect(await complete("nothere ")).toEqual(["values"]));
});

describe("values", () => {
  test("installed packages: names, then versions, then releases", async () => {
    expect(wordsOf(await complete("pkg path "))).toEqual(["acme/app", "core/redis"]);
    expect(wordsOf(await complete("pkg path core/redis/7."))).toEqual(["core/redis/7.0", "core/redis/7.2"]);
    expect(wordsOf(await complete("pkg path core/redis/7.2/2"))).toEqual([
      "core/redis/7.2/20250101000000",
      "core/redis/7.2/20250202000000",
    ]);
  });
  test("packages or files", async () => expect((await complete("pkg install core/r"))[0]).toBe("files\t"));
  test("loaded services; a file that cannot be read is passed over", async () =>
    expect(await complete("svc unload ")).toEqual(["values\t", "core/redis\tloaded service"]));
  test("origins with keys", async () =>
    expect(await complete("origin key export ")).toEqual([
      "values\t",
      "acme\thas a signing key",
      "core\thas a public key",
    ]));
  test("well known channels without a depot", async () =>
    expect(wordsOf(await complete("pkg install --channel="))).toEqual([
      "--channel=stable",
      "--channel=unstable",
      "--channel=base",
    ]));
  test("channels of the depot that is configured", async () => {
    const env = { HAB_BLDR_URL: `http://127.0.0.1:${server.port}` };
    expect(wordsOf(await complete("pkg install core/redis -c ", env))).toEqual([
      "stable",
      "canary",
      "unstable",
      "base",
    ]);
  });
  test("a depot that does not answer is not waited for", async () => {
    const env = { HAB_BLDR_URL: `http://127.0.0.1:${server.port}` };
    expect(wordsOf(await complete("pkg install slow/redis -c ", env))).toEqual([
      "stable",
      "unstable",
      "base",
    ]);
  });
  test("directories are the shell's", async () =>
    expect(await complete("pkg build ")).toEqual(["directories"]));
  test("no secret", async () => expect(await complete("pkg upload --auth=")).toEqual(["values"]));
});

describe("the words of hab studio", () => {
  test.each([
    ["studio ", ["new", "enter", "run", "build", "rm", "version", "help"]],
    ["studio -k acme -q r", ["run", "rm"]],
    ["studio --", ["--no-network", "--chroot", "--help", "--version"]],
    ["studio -k acme,co", ["acme,core"]],
    ["studio -t bo", ["bootstrap"]],
    ["studio -f un", ["unstable"]],
    ["studio bu -", ["-R", "-D"]],
    ["studio nothere ", []],
  ])("%s", async (line, words) => expect(wordsOf(await complete(line))).toEqual(words));
  test("directories for a plan, files for a command line", async () => {
    expect(await complete("studio -s ")).toEqual(["directories"]);
    expect(await complete("studio -D build -R ")).toEqual(["directories"]);
    expect(await complete("studio run ls -l ")).toEqual(["files"]);
  });
});

test("every command answers, for nothing and for a dash", async () => {
  for (const path of Object.keys(commands)) {
    expect((await complete(`${path} `))[0]).toMatch(/^(values|files|directories)/);
    expect((await complete(`${path} -`))[0]).toMatch(/^values/);
  }
});

describe("scripts", () => {
  test.each([...SHELLS])("%s: has no place left to fill", async (shell) => {
    const script = await completionScript(shell);
    expect(script).toContain("hab __complete".replace("hab ", shell === "powershell" ? "$hab " : "hab "));
    expect(script).not.toContain("@STATIC@");
  });
  test.each(["powershell", "elvish"] as const)(
    "%s: knows commands and hidden options by itself",
    async (shell) => {
      const script = await completionScript(shell);
      for (const word of [
        "'install\t",
        "'--offline\t",
        "'--ring-key\t",
        "'pkg install'",
        "'enter\t",
        "'--no-network\t",
      ])
        expect(script).toContain(word);
    },
  );
});
