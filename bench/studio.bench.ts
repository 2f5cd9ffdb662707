// Studios: how long it takes until there is one (tools installed, program copied, as after the first time) and until a
// command has run in it, beside the plain tool that makes the same namespaces and runs the same shell.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeBackline } from "../test/studio/backline.ts";
import { figure, report, sideBySide } from "./measure.ts";

const RUNS = 30;
/** What a new studio may take. */
const AIM_MS = 100;
const hab = resolve(import.meta.dir, "../dist/hab");
if (!existsSync(hab)) throw new Error("dist/hab is missing: run script/build first");

const root = mkdtempSync(join(tmpdir(), "hab-bench-studio-"));
const source = join(root, "source");
mkdirSync(source);
makeBackline(root);
const env = {
  PATH: process.env["PATH"] ?? "/usr/bin:/bin",
  HOME: root,
  FS_ROOT: root,
  HAB_STUDIOS_HOME: join(root, "studios"),
  HAB_STUDIO_BACKLINE_PKG: "test/backline",
  QUIET: "1",
};

function studio(source: string, ...words: string[]): () => void {
  return () => {
    const { exitCode, stderr } = Bun.spawnSync([hab, "studio", "-s", source, ...words], {
      env,
      cwd: root,
      stdin: "ignore",
      stdout: "ignore",
      stderr: "pipe",
    });
    if (exitCode !== 0) throw new Error(`hab studio ${words.join(" ")} ended with ${exitCode}: ${stderr}`);
  };
}

try {
  // The first one copies the program.
  studio(source, "new")();
  const samples: number[] = [];
  for (let count = 0; count < RUNS; count++) {
    // Another one each time: ext4 is slow to use again what was removed a moment ago.
    const own = join(root, `source-${count}`);
    mkdirSync(own);
    const make = studio(own, "new");
    const start = Bun.nanoseconds();
    make();
    samples.push((Bun.nanoseconds() - start) / 1e6);
  }
  report({ subject: figure("hab studio new, warm", "ms", samples), aim: { value: AIM_MS } });

  const run = studio(source, "run", "true");
  const asUser = process.geteuid?.() === 0 ? [] : ["-Ur"];
  const namespaces = [
    "unshare",
    ...asUser,
    "-m",
    "-p",
    "-f",
    "-i",
    "-u",
    "--mount-proc",
    "bash",
    "-lc",
    "true",
  ];
  report(
    await sideBySide({
      subject: { name: "hab studio run true", run },
      reference: {
        name: "unshare bash -lc true",
        run: () => Bun.spawnSync(namespaces, { env, stdin: "ignore", stdout: "ignore", stderr: "ignore" }),
      },
      runs: RUNS,
    }),
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
