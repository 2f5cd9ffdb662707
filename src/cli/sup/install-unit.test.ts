import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isUnchanged } from "../unit/mark.ts";
import { environmentFileText } from "../unit/text.ts";
import { unitText } from "./unit-text.ts";
import { unitVariables } from "./unit-words.ts";

const WRITER = "hab sup install-unit";
const MAIN = resolve(import.meta.dir, "../../main.ts");

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-unit-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const unit = () => readFileSync(join(directory, "hab-sup.service"), "utf8");

function installUnit(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { exitCode, stdout, stderr } = Bun.spawnSync(
    [process.execPath, MAIN, "sup", "install-unit", "--directory", directory, ...words],
    { env: { PATH: "/usr/bin:/bin", HAB_NOCOLORING: "1", ...env }, cwd: directory },
  );
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

function commandOf(text: string): string {
  return /^ExecStart=(.*)$/m.exec(text)?.[1]?.replace(`${process.execPath} ${MAIN} `, "") ?? "";
}

describe("what the unit runs", () => {
  test.each([
    [[], "sup run"],
    [
      ["core/redis", "--peer", "10.0.0.1", "10.0.0.2:7000", "-I"],
      "sup run core/redis --peer=10.0.0.1:9638 --peer=10.0.0.2:7000 --permanent-peer",
    ],
    [["--peer", "a b", "--name", "other", "--listen-ctl=[::1]:1"], undefined],
    [
      ["--listen-gossip", "[::1]:9638", "-s", "at-once"],
      "sup run --listen-gossip=[::1]:9638 --strategy=at-once",
    ],
    [
      ["core/web", "--bind", "db:postgresql.default", "--channel=stable"],
      "sup run core/web --channel=stable --bind=db:postgresql.default",
    ],
    [["--org", '50% $HOME "x" \\'], String.raw`sup run "--org=50%% $$HOME \"x\" \\"`],
  ])("%j", (words, expected) => {
    const { stdout, exitCode } = installUnit(["--print", ...words]);
    if (expected === undefined) expect(exitCode).not.toBe(0);
    else expect(commandOf(stdout)).toBe(expected);
  });

  test("paths are made absolute, and defaults are left to the Supervisor", () => {
    writeFileSync(join(directory, "sup.toml"), "");
    const words = ["--print", "--config-files", "sup.toml", "--peer-watch-file", "peers"];
    expect(commandOf(installUnit(words).stdout)).toBe(
      `sup run --peer-watch-file=${directory}/peers --config-files=${directory}/sup.toml`,
    );
  });
});

describe("variables", () => {
  test("HAB_… and those of proxies are carried, others and the launcher's own are not", () => {
    const env = {
      HAB_BLDR_URL: "https://depot.example.com",
      HAB_EMPTY: "",
      HAB_LAUNCHER_PID: "1",
      HOME: "/root",
      https_proxy: "http://proxy:3128",
    };
    expect(unitVariables(env, [["TZ", "UTC"]])).toEqual({
      open: [
        ["HAB_BLDR_URL", "https://depot.example.com"],
        ["TZ", "UTC"],
        ["https_proxy", "http://proxy:3128"],
      ],
      secret: [],
    });
  });

  test.each([
    ["HAB_AUTH_TOKEN", "x"],
    ["HAB_CTL_SECRET", "x"],
    ["HAB_RING_KEY", "SYM-SEC-1"],
    ["HAB_REDIS", "requirepass = 'x'"],
    ["https_proxy", "http://user:password@proxy:3128"],
    ["HAB_OTHER_PASSWORD", "x"],
  ])("%s=%s is for root only", (name, value) => {
    expect(unitVariables({ [name]: value }, []).secret).toEqual([[name, value]]);
  });

  test("what is secret is in a file of mode 0600, never in the unit", () => {
    const words = ["--ring-key", 'SYM-SEC-1\nmain\n\nqKey$`"', "--env", "PLAIN=a b"];
    expect(installUnit(words, { HAB_AUTH_TOKEN: "t0ken", HAB_LISTEN_HTTP: "127.0.0.1:1" }).exitCode).toBe(0);
    expect(unit()).toContain(
      'Environment="HAB_LISTEN_HTTP=127.0.0.1:1"\nEnvironment="HAB_NOCOLORING=1"\nEnvironment="PLAIN=a b"\n',
    );
    expect(unit()).toContain(`EnvironmentFile=${directory}/hab-sup.env\n`);
    expect(unit()).not.toMatch(/t0ken|SYM-SEC/);
    expect(statSync(join(directory, "hab-sup.service")).mode & 0o777).toBe(0o644);
    expect(statSync(join(directory, "hab-sup.env")).mode & 0o777).toBe(0o600);
    const file = readFileSync(join(directory, "hab-sup.env"), "utf8");
    expect(file).toContain('\nHAB_AUTH_TOKEN="t0ken"\nHAB_RING_KEY="SYM-SEC-1\nmain\n\nqKey\\$\\`\\""\n');
  });

  test("--print shows no secret and writes nothing", () => {
    const { stdout, stderr } = installUnit(["--print"], { HAB_AUTH_TOKEN: "t0ken" });
    expect(stdout + stderr).not.toContain("t0ken");
    expect(stderr).toContain("HAB_AUTH_TOKEN");
    expect(() => unit()).toThrow();
  });
});

describe("a file that is there", () => {
  test("is replaced when hab wrote it", () => {
    installUnit([], { HAB_AUTH_TOKEN: "t0ken" });
    expect(installUnit(["core/redis"]).exitCode).toBe(0);
    expect(commandOf(unit())).toBe("sup run core/redis");
    expect(() => statSync(join(directory, "hab-sup.env"))).toThrow();
  });

  test.each([
    ["of somebody else", () => writeFileSync(join(directory, "hab-sup.service"), "[Service]\n")],
    [
      "that was changed",
      () => {
        installUnit([]);
        writeFileSync(join(directory, "hab-sup.service"), unit().replace("RestartSec=2", "RestartSec=3"));
      },
    ],
    ["that is a link", () => symlinkSync("/dev/null", join(directory, "hab-sup.service"))],
    ["of variables", () => writeFileSync(join(directory, "hab-sup.env"), "A=1\n")],
  ])("%s is refused, and replaced with --force", (_, place) => {
    place();
    const env = { HAB_AUTH_TOKEN: "x" };
    const { exitCode, stderr } = installUnit([], env);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("HAB-CLI-022");
    expect(installUnit(["--force"], env).exitCode).toBe(0);
    expect(isUnchanged(unit(), WRITER)).toBe(true);
  });

  test("names its secrets by their whole path, wherever it was made from", () => {
    const words = [MAIN, "sup", "install-unit", "--directory", "."];
    const env = { HAB_AUTH_TOKEN: "token" };
    expect(Bun.spawnSync([process.execPath, ...words], { env, cwd: directory }).exitCode).toBe(0);
    expect(unit()).toContain(`EnvironmentFile=${directory}/hab-sup.env\n`);
  });

  test("is not made where none can be, and the reason is told", () => {
    const { exitCode, stderr } = installUnit(["--name", "x/y"]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining("letters, digits and . : _ - are expected"),
    ]);
    rmSync(directory, { recursive: true });
    const noDirectory = Bun.spawnSync(
      [process.execPath, MAIN, "sup", "install-unit", "--directory", directory],
      { env: {} },
    );
    expect(noDirectory.stderr.toString()).toContain("HAB-CLI-023");
    mkdirSync(directory);
  });
});

test("the mark is of the whole text, and of the command", () => {
  const text = unitText({ name: "hab-sup", program: ["/bin/hab"], words: ["sup", "run"], environment: [] });
  expect(isUnchanged(text, WRITER)).toBe(true);
  expect(isUnchanged(text, "hab depot install-unit")).toBe(false);
  expect(isUnchanged(`${text}#\n`, WRITER)).toBe(false);
  expect(isUnchanged(text.replace("edit hab-sup", "edit x"), WRITER)).toBe(false);
  expect(isUnchanged(environmentFileText(WRITER, "x", [["A", "1"]]), WRITER)).toBe(true);
  expect(isUnchanged("", WRITER)).toBe(false);
});
