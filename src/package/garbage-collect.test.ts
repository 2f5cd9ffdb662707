// What happens to garbage beside installs that run at the same time.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Claim } from "./claim.ts";
import { findGarbage, removeGarbage } from "./garbage-collect.ts";
import { formatIdent, parseFullIdent } from "./ident.ts";
import { listInstalled } from "./store.ts";
import { activeTarget } from "./target.ts";

const APP = "acme/app/1/20260101000001";
const LIB = "acme/lib/1/20260101000001";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-garbage-"));
  write(LIB, { IDENT: LIB, TARGET: activeTarget() });
  write(APP, { IDENT: APP, TARGET: activeTarget(), DEPS: LIB });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(place: string, files: Record<string, string>): void {
  const directory = join(root, "hab/pkgs", place);
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), `${text}\n`);
}

const find = () => findGarbage({ roots: [], all: true, root });
const installed = () => listInstalled({ root }).map(formatIdent);
const remove = async (garbage = find()) => {
  const { removed, kept } = await removeGarbage(garbage, { root });
  return {
    removed: removed.map(({ ident }) => formatIdent(ident)),
    kept: kept.map(({ ident, reason }) => `${formatIdent(ident)} ${reason}`),
  };
};

describe("garbage", () => {
  test("goes, dependents first, and leaves no directory", async () => {
    expect(await remove()).toEqual({ removed: [APP, LIB], kept: [] });
    expect(readdirSync(join(root, "hab/pkgs"))).toEqual([]);
  });

  test("that somebody is installing stays, with what it needs", async () => {
    const claim = Claim.take(parseFullIdent(APP), root);
    expect(await remove()).toEqual({ removed: [], kept: [`${APP} in use`, `${LIB} needed`] });
    claim?.release();
    expect(installed()).toEqual([APP, LIB]);
    expect((await remove()).removed).toEqual([APP, LIB]);
  });

  test("that a package on its way in needs stays", async () => {
    write("acme/new/1/.hab-pkg-install-1abc/package", { IDENT: "acme/new/1/20260101000009", DEPS: LIB });
    expect(await remove()).toEqual({ removed: [APP], kept: [`${LIB} needed`] });
  });

  test("that became needed since it was found stays", async () => {
    const garbage = find();
    const other = "acme/other/1/20260101000001";
    write(other, { IDENT: other, TARGET: activeTarget(), DEPS: LIB });
    expect(await remove(garbage)).toEqual({ removed: [APP], kept: [`${LIB} needed`] });
  });

  test("that somebody else has removed meanwhile is passed over", async () => {
    const garbage = find();
    rmSync(join(root, "hab/pkgs", APP), { recursive: true });
    expect(await remove(garbage)).toEqual({ removed: [LIB], kept: [] });
  });
});
