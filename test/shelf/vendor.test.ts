// A plan with everything inside, down to the C library (plans/README.md): it has no dependencies, and what it builds runs in a root
// with nothing but /hab.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Machine, PROJECT } from "../end-to-end/machine.ts";

const SOURCES = join(PROJECT, ".cache/sources");
/** The plan of plans/README.md. */
const PLAN = "pkg_name=jq\npkg_origin=acme\npkg_source=deb:jq\npkg_deb_vendor=('**')\npkg_deps=()\n";
/** What it takes in; the machine that builds has no network. */
const DEBS = ["jq", "libjq1", "libonig5", "libc6", "libgcc-s1", "libcrypt1"];

let machine: Machine;
beforeAll(async () => {
  const fetched = spawnSync(join(PROJECT, "script/bun"), ["script/fetch-debs.ts", SOURCES, ...DEBS], {
    cwd: PROJECT,
    encoding: "utf8",
  });
  if (fetched.status !== 0) throw new Error(fetched.stdout + fetched.stderr);
  machine = await Machine.start();
}, 300_000);
afterAll(async () => await machine?.stop(), 60_000);

test("a package that takes in everything has no dependencies and runs where there is nothing else", async () => {
  const directory = join(machine.directory, "jq");
  mkdirSync(directory);
  writeFileSync(join(directory, "plan.sh"), PLAN);
  await machine.run(["hab", "origin", "key", "generate", "acme"]);
  const env = { HAB_CACHE_SRC_PATH: SOURCES, HAB_HART_COMPRESSION_LEVEL: "0" };
  await machine.run(["hab", "pkg", "build", "--no-studio", "."], { cwd: directory, env });
  const { stdout: prefix } = await machine.run(["hab", "pkg", "path", "acme/jq"]);
  expect((await machine.run(["hab", "pkg", "dependencies", "acme/jq"])).stdout).toBe("");

  const root = join(machine.directory, "bare");
  const script = `mkdir -p ${root}/hab && mount --rbind /hab ${root}/hab && echo '{"a": [1, 2]}' |
    chroot ${root} ${prefix.trim()}/bin/jq -c '.a | add'`;
  const { stdout } = await machine.run(["unshare", "-m", "bash", "-ec", script]);
  expect(stdout).toBe("3\n");
  expect(readdirSync(root)).toEqual(["hab"]);
}, 120_000);
