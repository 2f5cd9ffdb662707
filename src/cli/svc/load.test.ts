import { expect, test } from "bun:test";
import { parseToml } from "../../toml/index.ts";
import { runHab } from "../testing/run-hab.ts";

const load = (...words: string[]) => runHab(["svc", "load", ...words], { env: {} });

test("--generate-config prints the options as TOML, and needs no package", async () => {
  const bare = await load("--generate-config");
  expect([bare.exitCode, bare.stderr]).toEqual([0, ""]);
  expect(Object.fromEntries(parseToml(bare.stdout, { source: "bare" }))).toMatchObject({
    force: false,
    group: "default",
    strategy: "none",
    bind: [],
  });
  expect(bare.stdout).toContain("# pkg_ident = \n");
  const full = await load(
    "core/redis",
    "--generate-config",
    "-s",
    "at-once",
    "--bind",
    "a:b.c",
    "-r",
    "1.2.3.4",
  );
  expect(Object.fromEntries(parseToml(full.stdout, { source: "full" }))).toMatchObject({
    pkg_ident: "core/redis",
    remote_sup: "1.2.3.4:9632",
    strategy: "at-once",
    bind: ["a:b.c"],
  });
});

test("without it a package is required", async () => {
  const { exitCode: exit, stderr } = await load("-f");
  expect(exit).toBe(2);
  expect(stderr).toContain("required arguments were not provided:\n  <PKG_IDENT>");
});
