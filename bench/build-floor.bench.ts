// What a trivial build cannot do without, by itself: bash with the build program, answered at once by a program that is warm, and
// the start of a compiled program of one line. Both beside `bash -c :`, as the trivial plan in build.bench.ts is.
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Reply, serveRequests, tellToBegin } from "../src/build/channel.ts";
import { programFor } from "../src/build/start-program.ts";
import { report, sideBySide } from "./measure.ts";
import { output, spawned } from "./spawned.ts";

const RUNS = 40;
const RELEASE = "20260101000000";

const root = mkdtempSync(join(tmpdir(), "hab-bench-floor-"));
const hab = join(root, "hab");
const prefix = join(hab, "pkgs/bench/trivial/1.0", RELEASE);
const plan = join(root, "plan");
const environment = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: root,
  TERM: "dumb",
  LC_ALL: "POSIX",
  TZ: "UTC",
  HAB_ROOT_PATH: hab,
  HAB_CACHE_KEY_PATH: join(root, "keys"),
  HAB_OUTPUT_PATH: join(root, "results"),
  NO_INSTALL_DEPS: "true",
};

/** Nothing is done but what bash itself needs to go on. */
async function answer([verb = "", from = "", ...rest]: readonly string[]): Promise<Reply> {
  if (verb === "make-directories")
    for (const directory of rest) mkdirSync(resolve(from, directory), { recursive: true });
  return { status: 0, fields: verb === "deliver" ? ["sha256", "blake2b"] : [] };
}

async function bashAlone(): Promise<void> {
  rmSync(prefix, { recursive: true, force: true });
  const nowhere = openSync("/dev/null", "r+");
  const streams = { stdin: nowhere, stdout: nowhere, stderr: nowhere };
  const bash = programFor({ cwd: root, streams, hasLog: false, environment });
  const first = tellToBegin(bash.channel.socket, [plan, "x86_64-linux", RELEASE, "1", "hab", ""]);
  const channel = await serveRequests(bash.channel, answer, () => undefined, first);
  if ((await bash.exited) !== 0) throw new Error("the build program failed");
  channel.close();
  bash.guard();
}

/** A program that only ends. */
function oneLine(): string {
  const base = resolve(import.meta.dir, "../node_modules/@oven/bun-linux-x64-baseline/bin/bun");
  writeFileSync(join(root, "end.ts"), "process.exit(0);\n");
  const options = [`--compile-executable-path=${base}`, "--bytecode", "--format=esm", "--minify"];
  output([base, "build", "--compile", ...options, join(root, "end.ts"), `--outfile=${join(root, "end")}`], {
    ...environment,
  });
  return join(root, "end");
}

try {
  for (const directory of [plan, join(root, "keys")]) mkdirSync(directory, { recursive: true });
  writeFileSync(join(root, "keys", `bench-${RELEASE}.sig.key`), "not read");
  const text = `pkg_name=trivial\npkg_origin=bench\npkg_version=1.0\ndo_build() { return 0; }\ndo_install() { echo content >"$pkg_prefix/file"; }\n`;
  writeFileSync(join(plan, "plan.sh"), text);
  const end = oneLine();
  const subjects: [string, () => unknown][] = [
    ["bash with the build program, answered at once", bashAlone],
    ["a compiled program of one line", () => spawned([end], environment)],
  ];
  for (const [name, run] of subjects)
    report(
      await sideBySide({
        subject: { name, run },
        reference: { name: "bash -c :", run: () => spawned(["bash", "-c", ":"], environment) },
        runs: RUNS,
        by: "minimum",
      }),
    );
} finally {
  rmSync(root, { recursive: true, force: true });
}
