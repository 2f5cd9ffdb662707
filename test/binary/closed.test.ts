// Nothing but its own arguments and the documented HAB_ variables changes what the program runs.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB, ROOT, run } from "./program.ts";

let directory: string;
let evil: string;
/** The same bundle as dist/hab would be without script/close-executable.ts: shows that each check bites. */
let open: string;

const BUN = join(ROOT, "node_modules/@oven/bun-linux-x64-baseline/bin/bun");
const COMMAND = ["license", "--help"];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hab-closed-"));
  evil = join(directory, "evil.js");
  writeFileSync(evil, `require("node:fs").writeSync(1, "EVIL\\n")`);
  open = join(directory, "open");
  const source = join(directory, "open.ts");
  writeFileSync(source, `console.log("fine", process.env.FROM_DOTENV ?? "")`);
  const built = await run([
    BUN,
    "build",
    "--compile",
    `--compile-executable-path=${BUN}`,
    source,
    `--outfile=${open}`,
  ]);
  expect(built.code).toBe(0);
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("variables", () => {
  const variables: [string, () => string][] = [
    ["BUN_OPTIONS", () => `--preload=${evil}`],
    ["BUN_OPTIONS", () => `--require=${evil}`],
    ["BUN_OPTIONS", () => "--print 6*7"],
    ["BUN_BE_BUN", () => "1"],
    ["BUN_INSPECT", () => "ws://127.0.0.1:0/x?wait=1"],
    ["BUN_INSPECT_NOTIFY", () => `unix://${join(directory, "notify")}`],
    ["BUN_INSPECT_CONNECT_TO", () => `unix://${join(directory, "connect")}`],
    ["BUN_INSPECT_PRELOAD", () => evil],
    ["BUN_JSC_dumpOptions", () => "2"],
    ["BUN_JSC_useJIT", () => "nonsense"],
    ["BUN_JSC_functionOverrides", () => evil],
    ["BUN_JSC_configFile", () => evil],
    ["JSC_dumpOptions", () => "2"],
    ["BUN_CONFIG_VERBOSE_FETCH", () => "curl"],
    ["BUN_BYTECODE_ORDER_OUT", () => join(directory, "order")],
    ["BUN_BYTECODE_DIGEST_OUT", () => join(directory, "digest")],
    ["BUN_TMPDIR", () => "/nowhere"],
    ["BUN_RUNTIME_TRANSPILER_CACHE_PATH", () => directory],
    ["BUN_ENABLE_CRASH_REPORTING", () => "1"],
    ["BUN_CRASH_REPORT_URL", () => "http://127.0.0.1:1"],
    ["BUN_DEBUG_QUIET_LOGS", () => "0"],
    ["BUN_FEATURE_FLAG_INTERNAL_FOR_TESTING", () => "1"],
    ["BUN_INTERNAL_BUNX_INSTALL", () => "1"],
    ["BUN_TCC_OPTIONS", () => "-v"],
    ["BUN_THREADPOOL_STATS", () => "1"],
    ["NODE_OPTIONS", () => `--require=${evil}`],
    ["NODE_PATH", () => directory],
    ["NODE_CHANNEL_FD", () => "1"],
    ["NODE_UNIQUE_ID", () => "1"],
    ["NODE_V8_COVERAGE", () => join(directory, "coverage")],
    ["NODE_DEBUG", () => "fs,http,net"],
    ["NODE_REDIRECT_WARNINGS", () => join(directory, "warnings")],
    ["NODE_EXTRA_CA_CERTS", () => "/nowhere.pem"],
    ["NODE_TLS_REJECT_UNAUTHORIZED", () => "0"],
    ["MallocLogFile", () => join(directory, "malloc")],
    ["SIMDUTF_FORCE_IMPLEMENTATION", () => "nothing"],
    ["OPENSSL_ia32cap", () => "0:0"],
  ];

  test.each(variables)("%s changes nothing", async (name, value) => {
    const plain = await run([HAB, ...COMMAND]);
    const with_ = await run([HAB, ...COMMAND], { env: { [name]: value() }, cwd: directory });
    expect(with_).toEqual(plain);
    expect(plain.code).toBe(0);
  });

  test("the check bites: the same variables move a program that is not closed", async () => {
    const preload = await run([open], { env: { BUN_OPTIONS: `--preload=${evil}` } });
    expect(preload.stdout).toContain("EVIL");
    const bun = await run([open, "--version"], { env: { BUN_BE_BUN: "1" } });
    expect(bun.stdout).not.toContain("fine");
  });

  test("every variable that Bun asks for by name is hidden or harmless", async () => {
    // Harmless: read for numbers of threads, colours, languages and allocators; they choose nothing that runs.
    const harmless =
      /^(GOMAXPROCS|NO_COLOR|FORCE_COLOR|COLORTERM|LANG|LC_|LANGUAGE|TZ|TERM|HOME|PATH|PWD|TMPDIR|TMP|TEMP|USER|SHELL|DYLD_INSERT_LIBRARIES|GLIBCXX_TUNABLES|HYPERFINE_RANDOMIZED_ENVIRONMENT_OFFSET|SSL_CERT_|XDG_|CI$|_$)/;
    const { HIDDEN_PREFIXES } = await import("../../src/host/environment.ts");
    const names = await namesAskedFor(directory);
    expect(names.length).toBeGreaterThan(20);
    const others = names.filter(
      (name) => !harmless.test(name) && !HIDDEN_PREFIXES.some((prefix) => name.startsWith(prefix)),
    );
    expect(others).toEqual([]);
  });
});

describe("files in the current directory", () => {
  test("change nothing", async () => {
    const here = join(directory, "here");
    mkdirSync(join(here, "node_modules", "smol-toml"), { recursive: true });
    writeFileSync(join(here, ".env"), "HAB_LICENSE=deny\nFROM_DOTENV=yes\nBUN_OPTIONS=--preload=./evil.js\n");
    writeFileSync(join(here, ".env.local"), "HAB_LICENSE=deny\n");
    writeFileSync(join(here, ".env.production"), "HAB_LICENSE=deny\n");
    writeFileSync(join(here, "bunfig.toml"), `preload = ["${evil}"]\n`);
    writeFileSync(join(here, "evil.js"), readFileSync(evil));
    writeFileSync(join(here, "package.json"), `{"name":"x","type":"commonjs","imports":{"#x":"./evil.js"}}`);
    writeFileSync(join(here, "tsconfig.json"), `{"compilerOptions":{"paths":{"*":["./evil.js"]}}}`);
    writeFileSync(join(here, "node_modules", "smol-toml", "index.js"), readFileSync(evil));
    const plain = await run([HAB, "plan", "--help"]);
    expect(await run([HAB, "plan", "--help"], { cwd: here })).toEqual(plain);
    expect(plain.code).toBe(0);
    const env = { FS_ROOT: here, HAB_NOCOLORING: "1" };
    const resolved = await run([HAB, "pkg", "list", "-o", "nobody"], {
      cwd: here,
      env: { ...env, HOME: here },
    });
    expect(resolved.stdout + resolved.stderr).not.toContain("EVIL");
  });

  test("the check bites: .env and bunfig.toml move a program that reads them", async () => {
    const here = join(directory, "bites");
    mkdirSync(here);
    writeFileSync(join(here, ".env"), "FROM_DOTENV=yes\n");
    writeFileSync(join(here, "bunfig.toml"), `preload = ["${evil}"]\n`);
    const { stdout } = await run([open], { cwd: here });
    expect(stdout).toContain("yes");
    expect(stdout).toContain("EVIL");
  });

  test("a bunfig.toml in the home directory changes nothing", async () => {
    writeFileSync(join(directory, ".bunfig.toml"), `preload = ["${evil}"]\n`);
    const env = { HOME: directory, XDG_CONFIG_HOME: directory };
    expect((await run([HAB, ...COMMAND], { env })).stdout).not.toContain("EVIL");
  });
});

describe("names it is called by", () => {
  test.each(["bun", "bunx", "node", "npx"])("%s is no other program", async (name) => {
    const link = join(directory, name);
    symlinkSync(HAB, link);
    const plain = await run([HAB, ...COMMAND]);
    expect(await run([link, ...COMMAND])).toEqual(plain);
    expect((await run([link, "-e", "console.log('EVIL')"])).code).toBe(2);
  });
});

/** Names given to getenv(3) by the running program, as a preloaded library sees them. */
async function namesAskedFor(directory: string): Promise<string[]> {
  const compiler = Bun.which("cc") ?? Bun.which("gcc");
  const names = new Set<string>();
  if (compiler === null) {
    // Without a C compiler: uprobes are not for everybody either, so the names are read out of the program.
    const text = readFileSync(HAB).toString("latin1");
    for (const match of text.matchAll(/\0((?:BUN|NODE|JSC)_[A-Z_]{3,40})\0/g)) names.add(match[1] as string);
    return [...names];
  }
  const source = join(directory, "getenv.c");
  const library = join(directory, "getenv.so");
  writeFileSync(
    source,
    `#include <string.h>
#include <unistd.h>
extern char **environ;
char *getenv(const char *name) {
  size_t length = strlen(name);
  (void)!write(2, "ASKED ", 6); (void)!write(2, name, length); (void)!write(2, "\\n", 1);
  for (char **entry = environ; entry && *entry; entry++)
    if (!strncmp(*entry, name, length) && (*entry)[length] == '=') return *entry + length + 1;
  return 0;
}
char *secure_getenv(const char *name) { return getenv(name); }
`,
  );
  expect((await run([compiler, "-shared", "-fPIC", "-o", library, source])).code).toBe(0);
  for (const words of [COMMAND, ["self-check"]]) {
    const { stderr } = await run([HAB, ...words], { env: { LD_PRELOAD: library } });
    for (const match of stderr.matchAll(/ASKED (\S+)\n/g)) names.add(match[1] as string);
  }
  return [...names].filter((name) => !name.startsWith("HAB_") && name !== "FS_ROOT");
}
