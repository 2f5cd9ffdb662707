// Packages of plans/ for tests that run real services: built with the real hab on a machine of its own (plans/build), once for a
// state of the plans and of hab, so that test files share them. Machines get them as they are, under /hab/pkgs; the way through
// a depot is what main-job.test.ts goes.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Machine, PROJECT } from "./machine.ts";

const SOURCES = join(PROJECT, ".cache/sources");
const BUILT = join(PROJECT, ".cache/packages");

export interface Packages {
  /** Puts them under the machine's /hab/pkgs. */
  giveTo(machine: Machine): Promise<void>;
}

/** The packages of these plans and of all that they need. */
export async function packagesOf(...plans: readonly string[]): Promise<Packages> {
  const directory = join(BUILT, stateOfPlans());
  for (const other of present(BUILT))
    if (join(BUILT, other) !== directory) rmSync(join(BUILT, other), { recursive: true });
  for (const part of ["pkgs", "keys", "results"]) mkdirSync(join(directory, part), { recursive: true });

  const all = execute("plans/build", "--list", ...plans)
    .trim()
    .split("\n");
  execute("plans/fetch", ...all);
  const packages: Packages = {
    async giveTo(machine) {
      await machine.run(["mkdir", "-p", "/hab/pkgs"]);
      await machine.run(["mount", "--bind", join(directory, "pkgs"), "/hab/pkgs"]);
    },
  };
  const builder = await Machine.start();
  try {
    Object.assign(builder.env, {
      HAB_CACHE_KEY_PATH: join(directory, "keys"),
      HAB_CACHE_SRC_PATH: SOURCES,
      HAB_OUTPUT_PATH: join(directory, "results"),
      // What is tried here does not depend on how well they are compressed.
      HAB_HART_COMPRESSION_LEVEL: "0",
    });
    await packages.giveTo(builder);
    if (present(join(directory, "keys")).length === 0)
      await builder.run(["hab", "origin", "key", "generate", "core"]);
    await builder.run([join(PROJECT, "plans/build"), ...plans]);
  } finally {
    await builder.stop();
  }
  return packages;
}

/** A digest of the plans and of when hab was built: script/test does that, so each run of it makes the packages anew. */
function stateOfPlans(): string {
  const hash = new Bun.CryptoHasher("sha256");
  const { size, mtimeMs } = statSync(join(PROJECT, "dist/hab"));
  hash.update(`${size} ${mtimeMs}\n`);
  for (const entry of readdirSync(join(PROJECT, "plans"), { recursive: true, encoding: "utf8" }).sort()) {
    const path = join(PROJECT, "plans", entry);
    if (statSync(path).isFile()) hash.update(`${entry}\n`).update(readFileSync(path));
  }
  return hash.digest("hex").slice(0, 16);
}

function present(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function execute(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(join(PROJECT, program), words, {
    env: { ...process.env, HAB_CACHE_SRC_PATH: SOURCES },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}
