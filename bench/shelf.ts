// Benchmarks of the packages of plans/: they run in a private root (script/private-root), in which those packages are installed and
// Debian's programs are as on this machine.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dir, "..");
const PRIVATE_ROOT = join(PROJECT, "script/private-root");
const INSIDE = "HAB_BENCH_INSIDE_SHELF";

/**
 * Builds the plans (script/build-plans does nothing where they are up to date) and runs the benchmark again in a root that has them.
 * Gives the path of a directory for it, anybody's to enter, where it is that second run; undefined in the first, which has nothing
 * more to do.
 */
export function insideShelf(benchmark: string, plans: readonly string[]): string | undefined {
  if (process.env[INSIDE] !== undefined) {
    mkdirSync("/hab/bench", { mode: 0o755 });
    return "/hab/bench";
  }
  // Its report is not a figure.
  run([join(PROJECT, "script/build-plans"), ...plans], { stdout: "ignore" });
  const root = mkdtempSync(join(tmpdir(), "hab-bench-shelf-"));
  try {
    run([PRIVATE_ROOT, "start", root]);
    const enter = (...words: string[]) => run([PRIVATE_ROOT, "enter", root, ...words]);
    enter("mkdir", "-p", "/hab/pkgs");
    enter("mount", "--bind", join(PROJECT, ".cache/shelf/hab/pkgs"), "/hab/pkgs");
    enter("env", `${INSIDE}=1`, join(PROJECT, "script/bun"), benchmark);
  } finally {
    run([PRIVATE_ROOT, "stop", root]);
    rmSync(root, { recursive: true, force: true });
  }
  return undefined;
}

/** Where the newest release of `core/NAME` is. */
export function packageOf(name: string): string {
  const releases = readdirSync(`/hab/pkgs/core/${name}`).flatMap((version) =>
    readdirSync(`/hab/pkgs/core/${name}/${version}`).map((release) => ({ version, release })),
  );
  const newest = releases.sort((a, b) => (a.release < b.release ? 1 : -1))[0];
  if (newest === undefined) throw new Error(`core/${name} is not installed`);
  return `/hab/pkgs/core/${name}/${newest.version}/${newest.release}`;
}

/**
 * Unpacks the very Debian packages that `core/NAME` was made of (its list DEBIAN names their digests) into a directory below
 * `directory`, and gives that: what is compared has the same version. What they need themselves has to be on this machine.
 */
export function debiansOwn(name: string, directory: string): string {
  const archives = join(process.env.HAB_CACHE_SRC_PATH ?? join(PROJECT, ".cache/sources"), "debian/archives");
  const place = join(directory, `${name}-of-debian`);
  for (const line of readFileSync(join(packageOf(name), "DEBIAN"), "utf8")
    .trim()
    .split("\n")) {
    const [deb = "", , , digest = ""] = line.split(" ");
    const archive = join(archives, `${deb}-${digest}.deb`);
    // Where the package was not built here, its sources may be gone.
    if (!existsSync(archive)) throw new Error(`${archive} is not there: plans/fetch ${name}`);
    run(["dpkg-deb", "--extract", archive, place]);
  }
  return place;
}

/** Runs a program to its end; what it printed. Throws when it fails. */
export function run(
  command: readonly string[],
  options: {
    readonly env?: Record<string, string>;
    readonly cwd?: string;
    readonly stdout?: "ignore" | "pipe";
  } = {},
): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync({
    cmd: [...command],
    stdin: "ignore",
    stdout: options.stdout ?? (command[0] === PRIVATE_ROOT ? "inherit" : "pipe"),
    stderr: "pipe",
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: exit ${exitCode}: ${stderr}`);
  return stdout?.toString() ?? "";
}

/** The words that run a program as the user `hab`, which private roots have. */
export const AS_HAB = ["/usr/bin/setpriv", "--reuid", "42", "--regid", "42", "--clear-groups", "--"] as const;

/** Links to a program by another name: some do what they are called. */
export function calledAs(directory: string, name: string, program: string): string {
  const path = join(directory, name);
  symlinkSync(program, path);
  return path;
}

/** Processor time of a process and of all its children that have ended, in microseconds, to a hundredth of a second. */
export function cpuTimeWithChildren(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // From the third field on, behind the name, which may have anything in it: utime, stime, cutime, cstime are the 14th to 17th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 10_000;
}

/** The children of a process's first thread. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
