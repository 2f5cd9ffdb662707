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
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOriginKeyPair, KeyCache } from "../crypto/index.ts";
import { parseFullIdent } from "./ident.ts";
import { installPackage } from "./install.ts";
import { InstalledPackage } from "./installed.ts";
import { writeArchive } from "./pack.ts";
import { failure } from "./testing/failure.ts";
import { verifyInstalled } from "./verify-installed.ts";

const vectors = join(import.meta.dir, "../../test/conformance/packages");
const hart = (name: string) => join(vectors, "harts", `${name}.hart`);
const KEY = "acme-20261123072809";
const BASE = "acme/base/1.0.0/20260101000001";

let root: string;
let keys: KeyCache;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-verify-"));
  keys = new KeyCache(join(root, "keys"));
  keys.setup();
  copyFileSync(join(vectors, "keys", `${KEY}.pub`), join(keys.directory, `${KEY}.pub`));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function install(source: string): Promise<void> {
  await installPackage({
    source,
    channel: "stable",
    root,
    artifactCache: join(root, "artifacts"),
    keyCache: keys,
    ignoreInstallHook: true,
    report: () => undefined,
  });
}

async function problems(pkg: InstalledPackage, source: string): Promise<string[]> {
  const { differences } = await verifyInstalled(pkg, source, keys);
  return differences.map(({ path, problem }) => `${problem}: ${path}`);
}

describe("an installed vector", () => {
  let pkg: InstalledPackage;
  const at = (name: string) => join(pkg.path, name);
  beforeEach(async () => {
    await install(hart("base"));
    pkg = new InstalledPackage(parseFullIdent(BASE), root);
  });

  test("is what was signed", async () => {
    const { key, checksum, differences } = await verifyInstalled(pkg, hart("base"), keys);
    expect(differences).toEqual([]);
    expect(key).toBe(KEY);
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
  });

  test("may have the status of its install hook, and only there", async () => {
    writeFileSync(at("INSTALL_HOOK_STATUS"), "0");
    expect(await problems(pkg, hart("base"))).toEqual([]);
    mkdirSync(at("x"));
    writeFileSync(at("x/INSTALL_HOOK_STATUS"), "0");
    expect(await problems(pkg, hart("base"))).toEqual(["extra: x"]);
  });

  const damages: readonly [string, () => void, readonly string[]][] = [
    ["a missing file", () => unlinkSync(at("MANIFEST")), ["missing: MANIFEST"]],
    ["an extra file", () => writeFileSync(at("rootkit"), ""), ["extra: rootkit"]],
    [
      "content of the same size",
      () => {
        const bytes = readFileSync(at("MANIFEST"));
        bytes[0] = (bytes[0] as number) ^ 1;
        writeFileSync(at("MANIFEST"), bytes);
      },
      ["changed content: MANIFEST"],
    ],
    ["more content", () => writeFileSync(at("IDENT"), "x", { flag: "a" }), ["changed content: IDENT"]],
    ["a mode", () => chmodSync(at("IDENT"), 0o4755), ["changed mode: IDENT"]],
    ["the mode of the directory itself", () => chmodSync(pkg.path, 0o777), ["changed mode: ."]],
    [
      "a directory for a file",
      () => {
        unlinkSync(at("IDENT"));
        mkdirSync(at("IDENT"));
      },
      ["changed kind: IDENT"],
    ],
    [
      "a link to the same content",
      () => {
        renameSync(at("IDENT"), join(root, "IDENT"));
        symlinkSync(join(root, "IDENT"), at("IDENT"));
      },
      ["changed kind: IDENT"],
    ],
  ];
  test.each(damages)("%s is found", async (_, damage, found) => {
    damage();
    expect(await problems(pkg, hart("base"))).toEqual([...found]);
  });

  test("several differences come by path", async () => {
    writeFileSync(at("a"), "");
    chmodSync(at("TARGET"), 0o600);
    unlinkSync(at("IDENT"));
    expect(await problems(pkg, hart("base"))).toEqual(["missing: IDENT", "changed mode: TARGET", "extra: a"]);
  });

  test("the hart of another package says nothing about it", async () => {
    expect((await failure(verifyInstalled(pkg, hart("lib"), keys))).code).toBe("HAB-PKG-026");
  });

  test("a hart whose content was changed is refused before anything is compared", async () => {
    expect((await failure(verifyInstalled(pkg, hart("bad-payload-appended"), keys))).code).toBe(
      "HAB-PKG-024",
    );
  });
});

describe("a package with links", () => {
  const ident = parseFullIdent("acme/links/1.0/20260101000009");
  let pkg: InstalledPackage;
  let made: string;
  const at = (name: string) => join(pkg.path, name);

  beforeEach(async () => {
    pkg = new InstalledPackage(ident, root);
    mkdirSync(at("bin"), { recursive: true });
    for (const [name, text] of [
      ["IDENT", "acme/links/1.0/20260101000009\n"],
      ["TARGET", "x86_64-linux\n"],
      ["MANIFEST", "# links\n"],
      ["bin/a", "a"],
    ] as const)
      writeFileSync(at(name), text);
    linkSync(at("bin/a"), at("bin/b"));
    symlinkSync("a", at("bin/c"));
    symlinkSync("/nowhere", at("dangling"));
    const pair = generateOriginKeyPair("acme", new Date(0));
    keys.writePair(pair);
    made = join(root, "links.hart");
    await writeArchive({
      directory: pkg.path,
      root,
      destination: made,
      key: pair.secretKey,
      compressionLevel: 0,
      epochSeconds: 0,
    });
  });

  test("is what was packed", async () => {
    expect(await problems(pkg, made)).toEqual([]);
  });

  test("another target of a symlink is found", async () => {
    unlinkSync(at("bin/c"));
    symlinkSync("b", at("bin/c"));
    expect(await problems(pkg, made)).toEqual(["changed link: bin/c"]);
  });

  test("a directory that became a link is found, and not looked into", async () => {
    renameSync(at("bin"), join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), at("bin"));
    expect(await problems(pkg, made)).toEqual(["changed kind: bin"]);
  });

  test("a missing directory is one difference", async () => {
    rmSync(at("bin"), { recursive: true });
    expect(await problems(pkg, made)).toEqual(["missing: bin"]);
  });

  test("a name that is no UTF-8 is found extra", async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${at("bin")}/`), Buffer.from([0xff, 0x41])]), "");
    expect(await problems(pkg, made)).toEqual(["extra: bin/\ufffdA"]);
  });
});

// What unpacking makes of odd archives is what must be expected of them.
describe("odd harts right after their installation", () => {
  const odd = readdirSync(join(vectors, "harts"))
    .filter((name) => /^(hostile|tar|meta|xz|ok|hook|lib|web|tiny|native)/.test(name))
    .map((name) => name.replace(/\.hart$/, ""));
  test.each(odd)("%s", async (name) => {
    for (const key of readdirSync(join(vectors, "keys")).filter((each) => each.endsWith(".pub")))
      copyFileSync(join(vectors, "keys", key), join(keys.directory, key));
    const failed = await install(hart(name)).then(
      () => false,
      () => true,
    );
    const packages = join(root, "hab/pkgs");
    const releases = existsSync(packages)
      ? readdirSync(packages, { recursive: true, encoding: "utf8" }).filter(
          (path) => path.split("/").length === 4 && lstatSync(join(packages, path)).isDirectory(),
        )
      : [];
    if (failed) return;
    for (const release of releases)
      expect(await problems(new InstalledPackage(parseFullIdent(release), root), hart(name))).toEqual([]);
  });
});
