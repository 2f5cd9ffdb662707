// `hab pkg gc`, `pin` and `unpin` on machines of their own.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CtlServer, serveCtl } from "../../ctl/index.ts";
import {
  activeTarget,
  artifactFileName,
  formatIdent,
  listInstalled,
  parseFullIdent,
} from "../../package/index.ts";
import { runHab } from "../testing/run-hab.ts";

const APP1 = "acme/app/1.0.0/20260101000001";
const APP2 = "acme/app/2.0.0/20260101000002";
const LIB1 = "acme/lib/1.0.0/20260101000001";
const LIB2 = "acme/lib/2.0.0/20260101000002";
const BASE = "acme/base/1.0.0/20260101000000";
const EVERYTHING = [APP1, APP2, BASE, LIB1, LIB2];

let root = "";
const before = { fsRoot: process.env["FS_ROOT"], home: process.env["HOME"] };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-gc-"));
  process.env["FS_ROOT"] = root;
  process.env["HOME"] = join(root, "home");
  install(BASE);
  install(LIB1, BASE);
  install(LIB2, BASE);
  install(APP1, LIB1);
  install(APP2, LIB2);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
  restore("FS_ROOT", before.fsRoot);
  restore("HOME", before.home);
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function write(path: string, text: string): string {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return place;
}

function install(ident: string, ...deps: string[]): void {
  const place = `hab/pkgs/${ident}`;
  write(`${place}/IDENT`, `${ident}\n`);
  write(`${place}/TARGET`, `${activeTarget()}\n`);
  if (deps.length > 0) write(`${place}/DEPS`, deps.map((dep) => `${dep}\n`).join(""));
  write(`${place}/bin/run`, "x".repeat(1000));
}

const hab = (...words: string[]) => habWith({}, ...words);

async function habWith(env: Readonly<Record<string, string>>, ...words: string[]) {
  const { exitCode, stdout, stderr } = await runHab(words, { env: { ...process.env, ...env } });
  return { exit: exitCode, stdout, stderr };
}

interface Outcome {
  readonly removed: { readonly ident: string; readonly bytes: number }[];
  readonly harts: { readonly path: string; readonly bytes: number }[];
  readonly bytes: number;
  readonly kept: { readonly ident: string; readonly reason: string }[];
}

const gc = (...words: string[]) => gcWith({}, ...words);

async function gcWith(env: Readonly<Record<string, string>>, ...words: string[]): Promise<Outcome> {
  const { exit, stdout, stderr } = await habWith(env, "pkg", "gc", "--json", ...words);
  expect({ exit, stderr: exit === 0 ? "" : stderr }).toEqual({ exit: 0, stderr: "" });
  return JSON.parse(stdout) as Outcome;
}

const removed = (outcome: Outcome) => outcome.removed.map(({ ident }) => ident);
const installed = () => listInstalled({ root }).map(formatIdent);
/** Every path below the root with what tells a change. */
const everything = () =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .sort()
    .map((path) => {
      const { ino, mtimeMs, mode } = lstatSync(join(root, path));
      return { path, ino, mtimeMs, mode };
    });

describe("gc", () => {
  test("removes old releases and what only they need", async () => {
    expect(removed(await gc("--yes"))).toEqual([APP1, LIB1]);
    expect(installed()).toEqual([APP2, BASE, LIB2]);
    expect(existsSync(join(root, "hab/pkgs/acme/app/1.0.0"))).toBe(false);
    expect(removed(await gc("--yes"))).toEqual([]);
  });

  test("a dry run says the same and changes nothing", async () => {
    write("hab/cache/artifacts/acme-old-1-1.hart", "not one");
    const [paths, words] = [everything(), ["--all", "--cache"]];
    const said = await gc("--dry-run", ...words);
    expect(everything()).toEqual(paths);
    expect(removed(await gc("--yes", ...words))).toEqual(removed(said));
    expect(installed()).toEqual([]);
  });

  test("counts a file with several names once", async () => {
    const alone = (await gc("--dry-run")).bytes;
    linkSync(join(root, "hab/pkgs", APP1, "bin/run"), join(root, "hab/pkgs", LIB1, "bin/again"));
    expect((await gc("--dry-run")).bytes).toBe(alone);
  });

  test("keeps what a spec file names: the newest release, or the one", async () => {
    write("hab/sup/default/specs/app.spec", 'ident = "acme/app"\n');
    expect(removed(await gc("--dry-run", "--all"))).toEqual([APP1, LIB1]);
    write("hab/sup/default/specs/app.spec", `ident = "${APP1}"\n`);
    const { kept, ...rest } = await gc("--yes", "--all");
    expect(removed({ kept, ...rest })).toEqual([APP2, LIB2]);
    expect(kept).toEqual([
      { ident: APP1, reason: "loaded" },
      { ident: BASE, reason: "needed" },
      { ident: LIB1, reason: "needed" },
    ]);
  });

  test("removes nothing while a spec file cannot be read", async () => {
    write("hab/sup/default/specs/app.spec", "ident = \n");
    const { exit, stderr } = await hab("pkg", "gc", "--yes", "--all");
    expect(exit).toBe(1);
    expect(stderr).toContain("HAB-PKG-066");
    expect(installed()).toEqual(EVERYTHING);
  });

  test("keeps what a process runs from", async () => {
    const program = join(root, "hab/pkgs", APP1, "bin/run");
    copyFileSync("/bin/sleep", program);
    chmodSync(program, 0o755);
    const child = Bun.spawn([program, "600"]);
    try {
      const { kept } = await gc("--dry-run", "--all");
      expect(kept).toContainEqual({ ident: APP1, reason: "running" });
    } finally {
      child.kill("SIGKILL");
      await child.exited;
    }
    expect((await gc("--dry-run", "--all")).kept).toEqual([]);
  });

  test.each([
    ["as hab makes it", () => `/hab/pkgs/${LIB1}/bin/run`, "bin"],
    ["with the root", () => join(root, "hab/pkgs", LIB1, "bin/run"), "usr/local/bin"],
    ["relative", () => `../../hab/pkgs/${LIB1}/bin/run`, "usr/bin"],
    ["where --binlink-dir says", () => `/hab/pkgs/${LIB1}/bin/run`, "opt/links"],
  ])("keeps what a link leads to: %s", async (_name, target, directory) => {
    mkdirSync(join(root, directory), { recursive: true });
    symlinkSync(target(), join(root, directory, "run"));
    const { kept } = await gc("--dry-run", "--all", "--binlink-dir", "/opt/links");
    expect(kept).toEqual([
      { ident: BASE, reason: "needed" },
      { ident: LIB1, reason: "binlinked" },
    ]);
  });

  test("keeps what a link to a link leads to", async () => {
    mkdirSync(join(root, "bin"));
    mkdirSync(join(root, "opt"));
    symlinkSync("/opt/run", join(root, "bin/run"));
    symlinkSync(`/hab/pkgs/${LIB1}/bin/run`, join(root, "opt/run"));
    expect((await gc("--dry-run", "--all")).kept.map(({ reason }) => reason)).toEqual([
      "needed",
      "binlinked",
    ]);
  });

  test("keeps hab itself and the interpreter of hooks", async () => {
    install("chef/hab/2.1.78/20260101000000");
    install("core/hab-launcher/1/20260101000000");
    install("core/habitual/1/20260101000000");
    install("core/busybox-static/1/20260101000000");
    install("core/busybox-static/2/20260101000000");
    expect((await gc("--yes", "--all")).kept.map(({ reason }) => reason)).toEqual([
      "hab",
      "interpreter",
      "hab",
    ]);
  });

  test("a failing uninstall hook keeps its package and what that needs; the rest goes", async () => {
    chmodSync(write(`hab/pkgs/${APP2}/hooks/uninstall`, "#!/bin/sh\nexit 3\n"), 0o755);
    const { exit, stdout, stderr } = await hab("pkg", "gc", "--yes", "--all", "--json");
    expect(exit).toBe(1);
    expect(stderr).toContain("HAB-PKG-067");
    const outcome = JSON.parse(stdout) as Outcome;
    expect(removed(outcome)).toEqual([APP1, LIB1]);
    expect(outcome.kept).toEqual([
      { ident: APP2, reason: "hook failed" },
      { ident: BASE, reason: "needed" },
      { ident: LIB2, reason: "needed" },
    ]);
    expect(installed()).toEqual([APP2, BASE, LIB2]);
  });

  test("--cache removes harts of what is not installed", async () => {
    const cache = process.geteuid?.() === 0 ? "hab/cache/artifacts" : "home/.hab/cache/artifacts";
    const hart = (ident: string) => write(`${cache}/${artifactFileName(parseFullIdent(ident))}`, "not one");
    const [old, current] = [hart(APP1), hart(APP2)];
    const other = write(`${cache}/notes.txt`, "");
    await gc("--yes", "--cache");
    expect([old, current, other].map((path) => existsSync(path))).toEqual([false, true, true]);
  });
});

describe("gc beside a Supervisor", () => {
  let server: CtlServer | undefined;
  beforeEach(() => {
    // Of this process it is certain that it runs.
    write("hab/launcher/PID", String(process.pid));
  });
  afterEach(async () => {
    await server?.stop(0);
    server = undefined;
  });

  async function supervisor(secret = "s3cret"): Promise<string> {
    server = await serveCtl({
      listen: { host: "127.0.0.1", port: 0 },
      secret,
      async handle(_request, reply) {
        const loaded = parseFullIdent(APP1);
        await reply.complete({
          message: "ServiceStatus",
          fields: { ident: { ...loaded }, serviceGroup: { service: "app", group: "default" } },
        });
      },
    });
    return `127.0.0.1:${server.address.port}`;
  }
  const asked = (address: string) => ({ HAB_LISTEN_CTL: address, HAB_CTL_SECRET: "s3cret" });
  const reasons = (outcome: Outcome) => outcome.kept.filter(({ reason }) => reason === "loaded");

  test("keeps what it has loaded, wherever HAB_LISTEN_CTL says that it listens", async () => {
    const outcome = await gcWith(asked(await supervisor()), "--yes", "--all");
    expect(reasons(outcome)).toEqual([{ ident: APP1, reason: "loaded" }]);
    expect(removed(outcome)).toEqual([APP2, LIB2]);
  });

  test("that is named by --remote-sup", async () => {
    const env = { HAB_LISTEN_CTL: "127.0.0.1:1", HAB_CTL_SECRET: "s3cret" };
    const outcome = await gcWith(env, "--dry-run", "--all", "--remote-sup", await supervisor());
    expect(reasons(outcome)).toEqual([{ ident: APP1, reason: "loaded" }]);
  });

  test.each(["--dry-run", "--yes"])(
    "that does not answer: every release of what spec files name stays (%s)",
    async (word) => {
      write("hab/sup/default/specs/app.spec", 'ident = "acme/app"\n');
      const { exit, stdout, stderr } = await habWith(
        asked("127.0.0.1:1"),
        "pkg",
        "gc",
        "--json",
        "--all",
        word,
      );
      expect(exit).toBe(0);
      expect(stderr).toContain("Unable to contact the Supervisor");
      expect(stderr).toContain("All releases of what the spec files name stay");
      expect(removed(JSON.parse(stdout) as Outcome)).toEqual([]);
    },
  );

  test("that refuses the secret: the same", async () => {
    write("hab/sup/default/specs/lib.spec", 'ident = "acme/lib"\n');
    const outcome = await gcWith(asked(await supervisor("other")), "--yes", "--all");
    expect(removed(outcome)).toEqual([APP1, APP2]);
  });

  test("that is named and does not answer stops it", async () => {
    const words = ["pkg", "gc", "--yes", "--all", "--remote-sup", "127.0.0.1:1"];
    const { exit, stderr } = await habWith(asked("127.0.0.1:2"), ...words);
    expect(exit).toBe(1);
    expect(stderr).toContain("HAB-CTL-001");
    expect(installed()).toEqual(EVERYTHING);
  });
});

describe("uninstall heeds pins", () => {
  test("what is named and pinned is refused, unless --ignore-pins", async () => {
    await hab("pkg", "pin", "acme/app/2.0.0");
    for (const more of [[], ["--dryrun"]]) {
      const { exit, stderr } = await hab("pkg", "uninstall", "acme/app", ...more);
      expect(exit).toBe(1);
      expect(stderr).toContain("HAB-PKG-071");
      expect(stderr).toContain("hab pkg unpin acme/app/2.0.0");
    }
    expect(installed()).toEqual(EVERYTHING);
    expect((await hab("pkg", "uninstall", "acme/app", "--ignore-pins")).exit).toBe(0);
    expect(installed()).toEqual([APP1, BASE, LIB1]);
  });

  test("a pinned dependency stays, with what it needs", async () => {
    await hab("pkg", "pin", "acme/lib");
    const { exit, stdout } = await hab("pkg", "uninstall", "acme/app");
    expect(exit).toBe(0);
    expect(stdout).toContain(`${LIB2}. It is pinned`);
    expect(installed()).toEqual([APP1, BASE, LIB1, LIB2]);
  });

  test("--keep-latest passes over what is pinned", async () => {
    await hab("pkg", "pin", APP1);
    expect((await hab("pkg", "uninstall", "acme/app", "--keep-latest", "0")).exit).toBe(0);
    expect(installed()).toEqual([APP1, BASE, LIB1]);
  });
});

describe("pins", () => {
  test("keep every release that satisfies them", async () => {
    await hab("pkg", "pin", "acme/app");
    expect(removed(await gc("--dry-run", "--all"))).toEqual([]);
    await hab("pkg", "unpin", "acme/app");
    await hab("pkg", "pin", "acme/lib/1.0.0");
    expect((await gc("--yes", "--all")).kept).toEqual([
      { ident: BASE, reason: "needed" },
      { ident: LIB1, reason: "pinned" },
    ]);
  });

  test("leave comments of the file alone", async () => {
    const path = write("hab/etc/pins", "# ours\nacme/app # until May\nacme/lib");
    await hab("pkg", "pin", "acme/base");
    await hab("pkg", "pin", "acme/base");
    await hab("pkg", "unpin", "acme/lib");
    expect(readFileSync(path, "utf8")).toBe("# ours\nacme/app # until May\nacme/base\n");
    expect((await hab("pkg", "pin")).stdout).toBe("acme/app\nacme/base\n");
  });

  test("that cannot be read stop gc", async () => {
    write("hab/etc/pins", "acme\n");
    const { exit, stderr } = await hab("pkg", "gc", "--yes");
    expect(exit).toBe(1);
    expect(stderr).toContain("HAB-PKG-064");
    expect(installed()).toEqual(EVERYTHING);
  });

  test("that are not there cannot be taken away", async () => {
    expect((await hab("pkg", "unpin", "acme/app")).stderr).toContain("HAB-PKG-065");
  });
});
