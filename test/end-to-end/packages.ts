// Packages of plans/ for tests that run real services: built with the real hab on a machine of its own (plans/build), once for a
// state of the plans and of hab, so that test files share them, and so does the next run. Machines get them as they are, under
// /hab/pkgs; the way through a depot is what main-job.test.ts goes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { lockFile, writeFileWhole } from "../../src/host/index.ts";
import { Machine, PROJECT, stopMachine, until } from "./machine.ts";

const SOURCES = join(PROJECT, ".cache/sources");
const BUILT = join(PROJECT, ".cache/packages");
/** Where the machine is that builds. */
const BUILDER = join(BUILT, "builder");
/** Beside the packages: names of the plans that are done. */
const MADE = "made.json";
/** Longer than other files may take to make their packages on a busy machine; less than what is set up before tests may take. */
const WAIT_SECONDS = 580;

export interface Packages {
  /** Where they are: `pkgs/` as /hab/pkgs, `results/` their harts, `keys/` what signed them. For reading only. */
  readonly directory: string;
  /** Puts them under the machine's /hab/pkgs. */
  giveTo(machine: Machine): Promise<void>;
  /** Puts their harts into the machine's artifact cache, and the key that signed them into its key cache. */
  giveHartsTo(machine: Machine): Promise<void>;
  /** Path of the hart of a package, as the machine sees it. */
  hart(name: string): string;
}

/**
 * The packages of these plans and of all that they need. One test file at a time makes those that nobody made yet; whoever asks
 * has 600 s for it.
 */
export async function packagesOf(...plans: readonly string[]): Promise<Packages> {
  mkdirSync(BUILT, { recursive: true });
  const lock = await until(
    "no other test makes packages",
    () => lockFile(join(BUILT, "lock"), { exclusive: true }),
    WAIT_SECONDS,
  );
  try {
    await stopUnfinished();
    const directory = join(BUILT, stateOfPlans());
    for (const other of readdirSync(BUILT, { withFileTypes: true }))
      if (other.isDirectory() && join(BUILT, other.name) !== directory)
        rmSync(join(BUILT, other.name), { recursive: true });
    const made = plansMade(directory);
    if (!plans.every((plan) => made.has(plan))) {
      await build(directory, plans);
      writeFileWhole(join(directory, MADE), JSON.stringify([...made, ...plans]), { mode: 0o644 });
    }
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
      // Behind a name comes a version: core/libcap-ng is not core/libcap.
      const found = readdirSync(join(directory, "results"))
        .filter((file) => /^-[0-9].*\.hart$/.test(file.replace(`core-${name}`, "")))
        .sort();
      return join("/hab/cache/artifacts", found.at(-1) ?? `core-${name}`);
    },
  };
}

/** The plans that were asked for and are there with all that they need. */
function plansMade(directory: string): Set<string> {
  const path = join(directory, MADE);
  return new Set(existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as string[]) : []);
}

/** Ends the builds of a test run that was killed: they would go on beside ours. */
async function stopUnfinished(): Promise<void> {
  if (!existsSync(BUILDER)) return;
  await stopMachine(readFileSync(BUILDER, "utf8"));
  rmSync(BUILDER);
}

/** Builds what is not there yet. */
async function build(directory: string, plans: readonly string[]): Promise<void> {
  for (const part of ["pkgs", "keys", "results"]) mkdirSync(join(directory, part), { recursive: true });
  const all = execute("plans/build", "--list", ...plans);
  execute("plans/fetch", ...all.trim().split("\n"));
  const builder = await Machine.start();
  try {
    writeFileWhole(BUILDER, builder.directory, { mode: 0o644 });
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
    rmSync(BUILDER, { force: true });
  }
}

/** A digest of the plans and of hab. Whoever builds hab from the same sources gets the same. */
function stateOfPlans(): string {
  const hash = new Bun.CryptoHasher("sha256");
  hash.update(readFileSync(join(PROJECT, "dist/hab")));
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
