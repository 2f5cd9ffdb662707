// The compiled program as its tests start it: with exactly the environment and directory they say.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dir, "../..");
export const HAB = join(ROOT, "dist", "hab");

if (!existsSync(HAB)) throw new Error("dist/hab is missing: run script/build first");

export interface Ended {
  readonly code: number | null;
  readonly signal: string | number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** The user `nobody`. */
export const NOBODY = 65_534;

/** Words before a command that take root's rights away; none where there are none. */
export const WITHOUT_ROOT: readonly string[] =
  process.geteuid?.() === 0 ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];

/** Runs a command to its end. The environment is PATH alone unless more is given. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = Bun.spawn({
    cmd: [...command],
    env: { PATH: "/usr/bin:/bin", ...options.env },
    cwd: options.cwd ?? "/",
    stdin: options.stdin === undefined ? "ignore" : new TextEncoder().encode(options.stdin),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return { code: child.exitCode, signal: child.signalCode, stdout, stderr };
}
