// Builds dist/hab: bundles src/main.ts with everything it imports, compiles it to bytecode, puts it into the pinned
// baseline Bun (no AVX2 needed) and closes the result to the environment (script/close-executable.ts). The same sources give the
// same bytes: names of the files it is made of are in it, so they are always the same ones.
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { COMPATIBLE_VERSION } from "../src/cli/version.ts";
import { lockFileWhenFree } from "../src/host/index.ts";
import { bundlePages } from "../src/web/build/bundle.ts";
import { encodePack } from "../src/web/build/pack.ts";
import { closeExecutable } from "./close-executable.ts";

const root = resolve(import.meta.dir, "..");
const output = resolve(process.argv[2] ?? join(root, "dist", "hab"));
const base = join(root, "node_modules", "@oven", "bun-linux-x64-baseline", "bin", "bun");

const startedMs = performance.now();
mkdirSync(join(output, ".."), { recursive: true });
const work = join(root, "dist", ".building");
mkdirSync(join(root, "dist"), { recursive: true });
const lock = await lockFileWhenFree(`${work}.lock`, { exclusive: true });
const unfinished = `${output}.building-${process.pid}`;
try {
  // The names of the packs are what src/web/build/open.ts looks for in the program.
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const pages = (["depot", "supervisor"] as const).map(async (name) => {
    const path = join(work, `${name}.pages`);
    writeFileSync(path, encodePack(await bundlePages(name, "best")));
    return path;
  });
  const workers = [...new Bun.Glob("src/**/*worker.ts").scanSync(root)].sort();
  const build = Bun.spawnSync({
    cmd: [
      base,
      "build",
      "--compile",
      `--compile-executable-path=${base}`,
      "--bytecode",
      "--format=esm",
      "--minify",
      "--splitting",
      "--keep-names",
      "--sourcemap=none",
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
      "--no-compile-autoload-tsconfig",
      "--no-compile-autoload-package-json",
      join(root, "src", "main.ts"),
      ...workers.map((worker) => join(root, worker)),
      ...(await Promise.all(pages)),
      `--outfile=${join(work, "hab")}`,
    ],
    cwd: root,
    stdout: "pipe",
    stderr: "inherit",
  });
  if (build.exitCode !== 0) process.exit(build.exitCode ?? 1);
  writeFileSync(unfinished, closeExecutable(readFileSync(join(work, "hab")), `hab ${COMPATIBLE_VERSION}\n`));
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, output);
} finally {
  rmSync(unfinished, { force: true });
  rmSync(work, { recursive: true, force: true });
  lock.release();
}
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
console.log(`${output}: ${(statSync(output).size / 1e6).toFixed(1)} MB in ${seconds} s`);
