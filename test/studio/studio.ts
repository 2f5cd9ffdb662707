// What the tests of studios share: a machine of its own (FS_ROOT, a home, a source directory) with a package of tools, and
// the compiled hab as an ordinary user or as root.
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Ended, HAB, run } from "../binary/program.ts";
import { makeBackline } from "./backline.ts";

const USER = 1000;
export const IS_ROOT = process.geteuid?.() === 0;

export interface Machine {
  readonly directory: string;
  /** Working directory of commands. */
  readonly source: string;
  readonly env: Record<string, string>;
  /** Words before a command: whoever it runs as. */
  readonly as: readonly string[];
  /** Runs hab to its end. */
  hab(words: readonly string[], env?: Record<string, string>): Promise<Ended>;
  /** Writes a file below the source directory. */
  write(path: string, text: string, mode?: number): void;
  remove(): Promise<void>;
}

/** Who runs commands: an ordinary user (where the tests run as root, one of another id), or root. */
export type Who = "user" | "root";

/** Those who can be tested here. */
export const EVERYBODY: readonly Who[] = IS_ROOT ? ["user", "root"] : ["user"];

let packages: string | undefined;

/** One package of tools for all tests of a file; machines see it as installed. */
function sharedRoot(): string {
  if (packages !== undefined) return packages;
  packages = mkdtempSync(join(tmpdir(), "hab-studio-packages-"));
  chmodSync(packages, 0o755);
  makeBackline(packages);
  return packages;
}

/** To be called when all tests of a file are done. */
export function removeSharedRoot(): void {
  if (packages !== undefined) rmSync(packages, { recursive: true, force: true });
  packages = undefined;
}

let programs: string | undefined;

export function openMachine(who: Who): Machine {
  const root = sharedRoot();
  const directory = mkdtempSync(join(tmpdir(), "hab-studio-"));
  const [home, source, temporary] = ["home", "source", "tmp"].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ];
  programs ??= join(root, "cache");
  const own = (path: string) => {
    if (IS_ROOT && who === "user") chownSync(path, USER, USER);
  };
  chmodSync(directory, 0o755);
  for (const each of [home, source, temporary, programs]) mkdirSync(each, { recursive: true });
  for (const each of [directory, home, source, temporary]) own(each);
  // Copies of the program are shared by all tests, whoever makes them.
  chmodSync(programs, 0o1777);
  const as =
    IS_ROOT && who === "user"
      ? [Bun.which("setpriv") ?? "setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"]
      : [];
  const env = {
    FS_ROOT: root,
    HOME: home,
    TMPDIR: temporary,
    XDG_CACHE_HOME: join(programs, who),
    HAB_STUDIOS_HOME: join(directory, "studios"),
    HAB_CACHE_KEY_PATH: join(home, "keys"),
    ARTIFACT_PATH: join(home, "artifacts"),
    CERT_PATH: join(home, "ssl"),
    HAB_STUDIO_BACKLINE_PKG: "test/backline",
    HAB_NOCOLORING: "true",
    TERM: "xterm",
    QUIET: "1",
  };
  return {
    directory,
    source,
    env,
    as,
    hab: (words, more = {}) => run([...as, HAB, ...words], { cwd: source, env: { ...env, ...more } }),
    write(path, text, mode = 0o644) {
      const place = join(source, path);
      mkdirSync(dirname(place), { recursive: true });
      own(dirname(place));
      writeFileSync(place, text);
      chmodSync(place, mode);
      own(place);
    },
    async remove() {
      try {
        rmSync(directory, { recursive: true, force: true });
      } catch {
        // Modes that a test left, which a user must change first.
        await run([...as, HAB, "studio", "rm"], { cwd: source, env });
        rmSync(directory, { recursive: true, force: true });
      }
    },
  };
}

/** Waits until `condition` holds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string),
): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`in vain waited for: ${typeof what === "string" ? what : what()}`);
    await Bun.sleep(20);
  }
}
