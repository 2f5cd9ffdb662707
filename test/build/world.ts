// Where tests build packages with the compiled program: a root of its own below a scratch directory, with a signing key. No
// namespace is needed, since everything that a build writes is below HAB_ROOT_PATH and HAB_OUTPUT_PATH.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { generateOriginKeyPair, KeyCache } from "../../src/crypto/index.ts";
import { findInstalled, parseIdent } from "../../src/package/index.ts";
import { type Ended, HAB, run } from "../binary/program.ts";

export const ORIGIN = "acme";

/** A plan that brings one file; what follows may replace any of it. */
export function planText(name: string, more = ""): string {
  return [
    `pkg_name=${name}`,
    `pkg_origin=${ORIGIN}`,
    "pkg_version=1.0",
    "do_build() { return 0; }",
    'do_install() { echo content >"$pkg_prefix/file"; }',
    more,
    "",
  ].join("\n");
}

export interface BuildSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** Words in front of the command, and options behind it. */
  readonly under?: readonly string[];
  readonly options?: readonly string[];
}

export class BuildWorld implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), "hab-builds-"));
  readonly root = join(this.directory, "root");
  readonly results = join(this.directory, "results");
  /** Temporary files of builds. */
  readonly scratch = join(this.directory, "scratch");
  readonly keys = new KeyCache(join(this.directory, "keys"));

  constructor() {
    for (const each of [join(this.root, "hab"), this.scratch]) mkdirSync(each, { recursive: true });
    this.keys.setup();
    this.keys.writePair(generateOriginKeyPair(ORIGIN, new Date(0)));
  }

  /** Writes a plan and what goes with it; answers its directory. */
  plan(name: string, text: string, files: Readonly<Record<string, string>> = {}): string {
    const context = join(this.directory, "plans", name);
    for (const [path, content] of Object.entries({ "plan.sh": text, ...files })) {
      mkdirSync(dirname(join(context, path)), { recursive: true });
      writeFileSync(join(context, path), content);
    }
    return context;
  }

  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: this.directory,
      TMPDIR: this.scratch,
      TERM: "dumb",
      HAB_LICENSE: "accept-no-persist",
      HAB_ROOT_PATH: join(this.root, "hab"),
      FS_ROOT: this.root,
      HAB_CACHE_KEY_PATH: this.keys.directory,
      HAB_OUTPUT_PATH: this.results,
      NO_INSTALL_DEPS: "true",
      ...more,
    };
  }

  command(context: string, { under = [], options = [] }: BuildSettings = {}): string[] {
    // A native package is built in the present root anyway.
    const where = options.includes("-N") ? [] : ["--no-studio"];
    return [...under, HAB, "pkg", "build", ...where, ...options, context];
  }

  /** Runs a build to its end. */
  build(context: string, settings: BuildSettings = {}): Promise<Ended> {
    return run(this.command(context, settings), {
      env: this.environment(settings.env),
      cwd: this.directory,
    });
  }

  /** The directory of what `hab pkg path` finds. */
  path(name: string): string | undefined {
    return findInstalled(parseIdent(`${ORIGIN}/${name}`), { root: this.root })?.path;
  }

  /** Names in a directory below the root of the build; none where it is missing. */
  names(...parts: string[]): string[] {
    try {
      return readdirSync(join(this.root, "hab", ...parts)).sort();
    } catch {
      return [];
    }
  }

  resultNames(): string[] {
    try {
      return readdirSync(this.results).sort();
    } catch {
      return [];
    }
  }

  /** Releases of a package that have a directory, finished or not, and what else stands beside them. */
  releases(name: string): string[] {
    return this.names("pkgs", ORIGIN, name).flatMap((version) => this.names("pkgs", ORIGIN, name, version));
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
