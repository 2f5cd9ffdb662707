// From `pkg_source=deb:NAME` to a package, with an archive of our own on loopback.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { generateOriginKeyPair, KeyCache } from "../../crypto/index.ts";
import { activeTarget } from "../../package/index.ts";
import { readElf } from "../elf.ts";
import { buildPlan } from "../index.ts";
import { FakeArchive, makeKey, spoil } from "./testing/fake-archive.ts";
import type { FakeDeb } from "./testing/fake-deb.ts";

const RELEASE = "20260102030405";
const LIB = "lib/x86_64-linux-gnu";

/** A program of this machine that needs nothing but libc. */
const program = ["true", "cat", "echo"]
  .map((name) => realpathSync(Bun.which(name) ?? "/bin/true"))
  .find((path) => readElf(path)?.needed.join() === "libc.so.6");
const loader = (program && readElf(program)?.interpreter) || "";

let root: string;
let archive: FakeArchive;
let server: ReturnType<FakeArchive["serve"]>;
let shared: string;
beforeAll(async () => {
  shared = mkdtempSync(join(tmpdir(), "hab-deb-archive-"));
  archive = await FakeArchive.create(shared, await makeKey());
  await archive.publish({ main: debs() });
  server = archive.serve();
});
afterAll(async () => {
  await server.stop();
  rmSync(shared, { recursive: true, force: true });
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-deb-build-"));
  const keys = new KeyCache(join(root, "keys"));
  keys.setup();
  keys.writePair(generateOriginKeyPair("acme", new Date(0)));
  if (loader === "") return;
  install("core/glibc/2.36", "libc6 2.36-9 amd64 x\n", {
    [`${LIB}/${basename(loader)}`]: loader,
    [`${LIB}/libc.so.6`]: join(dirname(realpathSync(loader)), "libc.so.6"),
  });
  install("core/busybox-static/1.35", "busybox-static 1:1.35-4 amd64 x\n", { "bin/sh": program ?? "" });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What is needed of an installed package: files, what they are made of, where libraries are. */
function install(ident: string, debian: string, files: Record<string, string>): void {
  const prefix = join(root, "hab/pkgs", ident, RELEASE);
  for (const [path, from] of Object.entries(files)) {
    mkdirSync(dirname(join(prefix, path)), { recursive: true });
    copyFileSync(from, join(prefix, path));
    chmodSync(join(prefix, path), 0o755);
  }
  writeFileSync(join(prefix, "IDENT"), `${ident}/${RELEASE}\n`);
  writeFileSync(join(prefix, "TARGET"), `${activeTarget()}\n`);
  writeFileSync(join(prefix, "DEBIAN"), debian);
  if (files[`${LIB}/libc.so.6`] !== undefined)
    writeFileSync(join(prefix, "LD_RUN_PATH"), `${prefix}/${LIB}\n`);
}

function debs(): FakeDeb[] {
  const elf = program === undefined ? "" : readFileSync(program);
  return [
    {
      name: "app",
      version: "1:2.5~rc1+dfsg-3+deb12u4",
      fields: { Source: "app (2.5)", Depends: "libc6 (>= 2.34), app-data (= 1), adduser, libfoo1" },
      files: [
        { path: "./usr/bin/app", content: elf, mode: 0o755 },
        { path: "./usr/bin/script", content: "#!/bin/sh -e\nexit 0\n", mode: 0o755 },
        { path: "./usr/bin/alias", type: "2", link: "/usr/share/app/data" },
        { path: "./usr/bin/host", type: "2", link: "/etc/alternatives/app" },
        { path: "./etc/app.conf", content: "x" },
        { path: "./usr/share/doc/app/copyright", content: "mine; see /usr/share/common-licenses/GPL" },
      ],
    },
    {
      name: "app-data",
      version: "1",
      architecture: "all",
      fields: { Source: "app" },
      files: [
        { path: "./usr/share/app/data", content: "data" },
        { path: "./usr/share/doc/app-data", type: "2", link: "app-base" },
      ],
    },
    {
      name: "app-base",
      version: "1",
      files: [{ path: "./usr/share/doc/app-base/copyright", content: "of all" }],
    },
    {
      name: "base-files",
      version: "12",
      files: [
        { path: "./usr/share/common-licenses/GPL", type: "2", link: "GPL-3" },
        { path: "./usr/share/common-licenses/GPL-3", content: "the licence" },
      ],
    },
    { name: "libfoo1", version: "1.0-1", files: [{ path: "./usr/share/foo/data", content: "foo" }] },
    {
      name: "needy",
      version: "1.0-1",
      fields: { Depends: "libfoo1" },
      files: [{ path: "./usr/share/needy", type: "2", link: "/usr/share/foo/data" }],
    },
    {
      name: "modern",
      version: "1.0-1",
      fields: { Depends: "libc6 (>= 2.99)" },
      files: [{ path: "./usr/share/m", content: "m" }],
    },
  ];
}

async function build(plan: string, environment: Record<string, string> = {}) {
  const context = join(root, "plan");
  mkdirSync(context, { recursive: true });
  // A build has a release, and so a directory, of its own.
  rmSync(join(root, "hab/pkgs/acme/app"), { recursive: true, force: true });
  writeFileSync(join(context, "plan.sh"), `pkg_name=app\npkg_origin=acme\n${plan}`);
  const output = openSync(join(root, "output"), "w");
  const input = openSync("/dev/null", "r");
  try {
    const status = await buildPlan({
      planContext: context,
      target: activeTarget(),
      release: RELEASE,
      version: "0.0.1",
      habBinary: "hab",
      environment: {
        PATH: process.env["PATH"],
        TERM: "dumb",
        NO_INSTALL_DEPS: "true",
        HAB_ROOT_PATH: join(root, "hab"),
        HAB_CACHE_KEY_PATH: join(root, "keys"),
        HAB_OUTPUT_PATH: join(root, "results"),
        HAB_DEBIAN_MIRROR: server.url,
        HAB_DEBIAN_SECURITY_MIRROR: server.url,
        HAB_DEBIAN_KEYRING: archive.keyring,
        ...environment,
      },
      cwd: root,
      streams: { stdin: input, stdout: output, stderr: output },
    });
    return { status, output: readFileSync(join(root, "output"), "utf8") };
  } finally {
    for (const stream of [input, output]) closeSync(stream);
  }
}

const prefix = (version = "2.5") => join(root, "hab/pkgs/acme/app", version, RELEASE);
const text = (path: string) => readFileSync(join(prefix(), path), "utf8");

describe.skipIf(program === undefined)("pkg_source=deb:NAME", () => {
  test("makes a package of it that runs with ours", async () => {
    const { status, output } = await build("pkg_source=deb:app\n");
    expect(output).toContain("Taking in app-data");
    expect(output).toContain("Nothing stands for libfoo1 (of app)");
    expect(output).toContain("Leaving out bin/host, which leads to /etc/alternatives/app");
    expect(status).toBe(0);
    expect(text("DEPS")).toBe(`core/busybox-static/1.35/${RELEASE}\ncore/glibc/2.36/${RELEASE}\n`);
    expect(text("PATH")).toBe(`${prefix()}/bin\n`);
    const lines = text("DEBIAN").trim().split("\n");
    expect(lines.map((line) => line.replace(/ [0-9a-f]{64}$/, ""))).toEqual([
      "app 1:2.5~rc1+dfsg-3+deb12u4 amd64",
      "app-data 1 all",
    ]);
    const glibc = join(root, "hab/pkgs/core/glibc/2.36", RELEASE, LIB);
    expect(readElf(join(prefix(), "bin/app"))).toMatchObject({
      interpreter: join(glibc, basename(loader)),
      rpath: [glibc],
      runpath: [],
    });
    expect(Bun.spawnSync([join(prefix(), "bin/app"), "--version"]).exitCode).toBe(0);
    expect(text("bin/script")).toBe(
      `#!${root}/hab/pkgs/core/busybox-static/1.35/${RELEASE}/bin/sh -e\nexit 0\n`,
    );
    expect(readlinkSync(join(prefix(), "bin/alias"))).toBe("../share/app/data");
    expect(existsSync(join(prefix(), "etc"))).toBe(false);
    expect(text("share/doc/app/copyright")).toStartWith("mine");
    expect(text("share/doc/app-data/copyright")).toBe("of all");
    expect(text("share/common-licenses/GPL")).toBe("the licence");
  });

  test("takes the plan's word for version, files and dependencies", async () => {
    const { status } = await build(`
pkg_version=9.9
pkg_deb_packages=(app)
pkg_deps=(core/glibc)
pkg_deb_drop=('bin/s*' bin/host)
pkg_deb_keep=(etc/app.conf)
do_install() { do_default_install; debian_edit_strings share/app/data data DATA; }
`);
    expect(status).toBe(0);
    const at = (path: string) => readFileSync(join(prefix("9.9"), path), "utf8");
    expect(readdirSync(join(prefix("9.9"), "bin")).sort()).toEqual(["alias", "app"]);
    expect(at("etc/app.conf")).toBe("x");
    expect(at("share/app/data")).toBe("DATA");
    expect(at("DEPS")).toBe(`core/glibc/2.36/${RELEASE}\n`);
  });

  test("needs no network a second time, and notices a .deb that was changed since", async () => {
    const plan = "pkg_source=deb:app-data\n";
    expect((await build(plan)).status).toBe(0);
    const requests = server.requests.length;
    const archives = join(root, "hab/cache/src/debian/archives");
    expect((await build(plan)).status).toBe(0);
    expect(server.requests.length).toBe(requests);
    spoil(join(archives, readdirSync(archives).find((name) => name.endsWith(".deb")) ?? ""));
    expect((await build(plan)).status).toBe(0);
    expect(server.requests.length).toBe(requests + 1);
  });

  test("says which package has what is missing, and the ways out; each of them works", async () => {
    const { status, output } = await build("pkg_source=deb:needy\n");
    expect(status).toBe(1);
    expect(output).toContain("share/needy is a link to share/foo/data of Debian's libfoo1");
    expect(output).toContain("pkg_deb_map=([libfoo1]=ORIGIN/NAME)");
    expect(output).toContain("pkg_deb_vendor=(libfoo1)");
    expect(output).toContain("pkg_deb_drop=(share/needy)");
    expect(readdirSync(root)).not.toContain("results/acme");

    expect((await build("pkg_source=deb:needy\npkg_deb_vendor=(libfoo1)\n")).status).toBe(0);
    expect((await build("pkg_source='deb:needy app-data'\npkg_deb_drop=(share/needy)\n")).status).toBe(0);
    const foo = join(root, "foo-data");
    writeFileSync(foo, "mapped");
    install("acme/foo/1", "", { "share/foo/data": foo });
    expect((await build("pkg_source=deb:needy\npkg_deb_map=([libfoo1]=acme/foo)\n")).status).toBe(0);
    expect(readFileSync(join(prefix("1.0"), "share/needy"), "utf8")).toBe("mapped");
  });

  test("does not take a dependency that is made of too old a version", async () => {
    const { status, output } = await build("pkg_source=deb:modern\n");
    expect(status).toBe(1);
    expect(output).toContain(`modern needs libc6 (>= 2.99), and core/glibc/2.36/${RELEASE} has 2.36-9`);
    // Who lists the dependency is told, and answers for it.
    const listed = await build("pkg_source=deb:modern\npkg_deps=(core/glibc)\n");
    expect([listed.status, listed.output.includes("WARN: modern needs libc6")]).toEqual([0, true]);
  });

  test("ends where a plan says what cannot be", async () => {
    const cases: [string, string][] = [
      ["pkg_source=deb:nothing\n", "there is no package nothing"],
      ["pkg_source=deb:app=1.0\n", "there is no app 1.0; the index has 1:2.5~rc1+dfsg-3+deb12u4"],
      ["pkg_source=deb:../x\n", "'../x' is not a Debian package"],
      [
        "pkg_source=deb:app\npkg_deb_map=([libfoo1]=foo)\n",
        "pkg_deb_map: 'foo' for libfoo1 is not ORIGIN/NAME",
      ],
      [
        "pkg_source=http://x/y.tar.gz\npkg_version=1\npkg_deb_packages=(app)\n",
        "pkg_deb_packages is for plans",
      ],
      ["pkg_source=deb:app\npkg_deb_suite=../x\n", "'../x' is not the name of a Debian release"],
    ];
    for (const [plan, message] of cases) {
      const { status, output } = await build(plan);
      expect(output).toContain(message);
      expect(status).toBe(1);
    }
    expect(existsSync(join(root, "results"))).toBe(true);
    expect(readdirSync(join(root, "results")).filter((name) => name.endsWith(".hart"))).toEqual([]);
  });
});
