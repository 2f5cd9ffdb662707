// Packages of plans/ for tests that run real services: built with the real hab on a machine of its own (plans/build), once for a
// state of the plans and of hab, so that test files share them. Machines get them as they are, under /hab/pkgs; the way through
// a depot is what main-job.test.ts goes.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { lockFile } from "../../src/host/index.ts";
import { Machine, PROJECT, until } from "./machine.ts";

const SOURCES = join(PROJECT, ".cache/sources");
const BUILT = join(PROJECT, ".cache/packages");
/** Longer than another file may take to make its packages on a busy machine. */
const WAIT_SECONDS = 300;

export interface Packages {
  /** Where they are, on the host: `pkgs`, `keys`, `results`. */
  readonly directory: string;
  /** Puts them under the machine's /hab/pkgs. */
  giveTo(machine: Machine): Promise<void>;
  /** Puts their harts into the machine's artifact cache, and the key that signed them into its key cache. */
  giveHartsTo(machine: Machine): Promise<void>;
  /** Path of the hart of a package, as the machine sees it. */
  hart(name: string): string;
}

/** The packages of these plans and of all that they need. One test file at a time makes its own. */
export async function packagesOf(...plans: readonly string[]): Promise<Packages> {
  mkdirSync(BUILT, { recursive: true });
  const lock = await until(
    "no other test makes packages",
    () => lockFile(join(BUILT, "lock"), { exclusive: true }),
    WAIT_SECONDS,
  );
  try {
    const directory = join(BUILT, stateOfPlans());
    for (const other of readdirSync(BUILT, { withFileTypes: true }))
      if (other.isDirectory() && join(BUILT, other.name) !== directory)
        rmSync(join(BUILT, other.name), { recursive: true });
    await build(directory, plans);
    return packagesIn(directory);
  } finally {
    lock.release();
  }
}

function packagesIn(directory: string): Packages {
  return {
    directory,
    async giveTo(machine) {
      await machine.run(["mkdir", "-p", "/hab/pkgs"]);
      await machine.run(["mount", "--bind", join(directory, "pkgs"), "/hab/pkgs"]);
    },
    async giveHartsTo(machine) {
      for (const [from, to] of [
        ["results", "/hab/cache/artifacts"],
        ["keys", "/hab/cache/keys"],
      ] as const) {
        await machine.run(["mkdir", "-p", to]);
        await machine.run(["mount", "--bind", join(directory, from), to]);
      }
    },
    hart(name) {
      const found = readdirSync(join(directory, "results"))
        .filter((file) => file.startsWith(`core-${name}-`) && file.endsWith(".hart"))
        .sort();
      return join("/hab/cache/artifacts", found.at(-1) ?? `core-${name}`);
    },
  };
}

/** Builds what is not there yet. */
async function build(directory: string, plans: readonly string[]): Promise<void> {
  for (const part of ["pkgs", "keys", "results"]) mkdirSync(join(directory, part), { recursive: true });
  const all = execute("plans/build", "--list", ...plans);
  execute("plans/fetch", ...all.trim().split("\n"));
  const builder = await Machine.start();
  try {
    Object.assign(builder.env, {
      HAB_CACHE_KEY_PATH: join(directory, "keys"),
      HAB_CACHE_SRC_PATH: SOURCES,
      HAB_OUTPUT_PATH: join(directory, "results"),
      // What is tried here does not depend on how well they are compressed.
      HAB_HART_COMPRESSION_LEVEL: "0",
    });
    await packagesIn(directory).giveTo(builder);
    if (readdirSync(join(directory, "keys")).length === 0)
      await builder.run(["hab", "origin", "key", "generate", "core"]);
    await builder.run([join(PROJECT, "plans/build"), ...plans]);
  } finally {
    await builder.stop();
  }
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

function execute(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(join(PROJECT, program), words, {
    env: { ...process.env, HAB_CACHE_SRC_PATH: SOURCES },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}
