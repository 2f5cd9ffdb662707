// Start-up: the compiled program against `git`, minima of many runs in turn (what is above the minimum is the machine's
// noise). `hab --version` is answered before Bun starts (script/entry-code.ts), so a command that runs our code is
// measured beside it.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { report, sideBySide } from "./measure.ts";

const RUNS = 60;
const hab = resolve(import.meta.dir, "../dist/hab");
if (!existsSync(hab)) throw new Error("dist/hab is missing: run script/build first");

const root = mkdtempSync(join(tmpdir(), "hab-bench-start-up-"));
const env = { PATH: process.env["PATH"] ?? "/usr/bin:/bin", HOME: root, FS_ROOT: root };

function spawn(...cmd: string[]): () => unknown {
  return () => Bun.spawnSync({ cmd, env, stdin: "ignore", stdout: "ignore", stderr: "ignore" });
}

try {
  const subjects: [string, string[], number | undefined][] = [
    ["hab --version", ["--version"], 2],
    ["hab pkg path no/such", ["pkg", "path", "no/such"], 2.5],
    ["hab help", ["help"], undefined],
  ];
  for (const [name, words, aim] of subjects)
    report(
      await sideBySide({
        subject: { name, run: spawn(hab, ...words) },
        reference: { name: "git --version", run: spawn("git", "--version") },
        runs: RUNS,
        by: "minimum",
        ...(aim !== undefined && { aim: { value: aim } }),
      }),
    );
} finally {
  rmSync(root, { recursive: true });
}
