// A root with keys and installed packages in which tests build plans.
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOriginKeyPair, KeyCache } from "../../../crypto/index.ts";
import { activeTarget, formatIdent, parseFullIdent } from "../../../package/index.ts";
import { type BuildOptions, buildPlan, type DependencyInstaller } from "../../index.ts";

export const RELEASE = "20260102030405";

/** A plan whose package holds one file. */
export const ONE_FILE = `do_build() { return 0; }
do_install() { printf 'hello\\n' >"$pkg_prefix/file"; }
`;

export class BuildWorld {
  readonly root = mkdtempSync(join(tmpdir(), "hab-records-"));
  readonly keys = new KeyCache(join(this.root, "keys"));
  readonly results = join(this.root, "results");
  readonly planDirectory = join(this.root, "plan");
  /** What was asked of the installer. */
  readonly asked: Parameters<DependencyInstaller>[0][] = [];

  constructor() {
    this.keys.setup();
    this.keys.writePair(generateOriginKeyPair("acme", new Date(0)));
    mkdirSync(this.planDirectory);
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  at(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Where a release is or would be installed. */
  place(ident: string): string {
    return this.at("hab/pkgs", ident);
  }

  /** Puts a package there as an install would. */
  addPackage(ident: string, files: Readonly<Record<string, string>> = {}): void {
    mkdirSync(this.place(ident), { recursive: true });
    for (const [name, text] of Object.entries({
      IDENT: ident,
      TARGET: activeTarget(),
      FILES: ident,
      ...files,
    }))
      writeFileSync(join(this.place(ident), name), `${text}\n`);
  }

  writePlan(text: string, version = "1.0"): void {
    const head = `pkg_name=app\npkg_origin=acme\npkg_version=${version}\n`;
    writeFileSync(join(this.planDirectory, "plan.sh"), `${head}${text}`);
  }

  /** Builds the plan and answers status and output. Dependencies must be among `releases`: what is asked for → release. */
  async build(
    options: Partial<BuildOptions> & { readonly releases?: Readonly<Record<string, string>> } = {},
  ): Promise<{ readonly status: number; readonly output: string }> {
    const log = this.at("output");
    const output = openSync(log, "w");
    const input = openSync("/dev/null", "r");
    const { releases = {}, ...given } = options;
    try {
      const status = await buildPlan({
        ...this.options(releases),
        streams: { stdin: input, stdout: output, stderr: output },
        ...given,
        environment: { ...this.environment(), ...given.environment },
      });
      return { status, output: readFileSync(log, "utf8") };
    } finally {
      for (const stream of [input, output]) closeSync(stream);
    }
  }

  options(releases: Readonly<Record<string, string>> = {}): BuildOptions {
    return {
      planContext: this.planDirectory,
      target: activeTarget(),
      release: RELEASE,
      version: "0.0.1",
      habBinary: "hab",
      environment: this.environment(),
      cwd: this.root,
      install: async (request) => {
        this.asked.push(request);
        const wish = formatIdent(request.ident);
        const release = releases[wish] ?? wish;
        if (release.split("/").length !== 4) throw new Error(`there is no ${wish}`);
        return parseFullIdent(release);
      },
      hartDigest: async (ident) => fakeHartDigest(formatIdent(ident)),
    };
  }

  environment(): Record<string, string | undefined> {
    return {
      PATH: process.env["PATH"],
      TERM: "dumb",
      HAB_ROOT_PATH: this.at("hab"),
      HAB_CACHE_KEY_PATH: this.keys.directory,
      HAB_OUTPUT_PATH: this.results,
    };
  }

  /** The hart that was built last. */
  hart(): string {
    const name = readdirSync(this.results).find((each) => each.endsWith(".hart"));
    if (name === undefined) throw new Error("nothing was built");
    return join(this.results, name);
  }

  /** A metadata file of the package that was built. */
  record(name: string, ident = `acme/app/1.0/${RELEASE}`): string {
    return readFileSync(join(this.place(ident), name), "utf8");
  }

  /** Takes away what was built, so that it can be built again. */
  forget(): void {
    for (const place of [this.place("acme/app"), this.results])
      rmSync(place, { recursive: true, force: true });
  }
}

/** Stands for the digest of a hart that nobody has. */
export function fakeHartDigest(ident: string): string {
  return new Bun.CryptoHasher("blake2b256").update(ident).digest("hex");
}
