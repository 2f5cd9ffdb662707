// Collects what a build does and writes its records: the bill of materials and the provenance in the package, the signed
// provenance beside the hart. One keeper lives as long as its build.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { blake2b256Hex, type SecretKey } from "../../crypto/index.ts";
import { isRegularFile, removeIfPresent } from "../../host/index.ts";
import { type FullIdent, parseFullIdent, type Target } from "../../package/index.ts";
import { digestList } from "../digest-list.ts";
import { sha256OfFile } from "../sha256.ts";
import { debianPackagesOf } from "./debian-file.ts";
import type { Provenance } from "./documents.ts";
import type { BuildFacts, SourceFacts } from "./facts.ts";
import { BILL_FILE, ENVELOPE_SUFFIX, PROVENANCE_FILE } from "./record-files.ts";

export interface KeeperOptions {
  /** Off: nothing is written (HAB_BUILD_RECORDS=off), the package is what the original would have made. */
  readonly isOn: boolean;
  readonly root: string;
  readonly target: Target;
  /** Of hab. */
  readonly version: string;
  readonly epochSeconds: number;
  /** Names who builds, in the provenance beside the hart: an address of a build service (HAB_BUILDER_ID). */
  readonly builder: string | undefined;
}

/** Dependencies as paths of their packages, in the order of the package's metadata. */
export interface ResolvedDependencies {
  readonly run: readonly string[];
  readonly runAll: readonly string[];
  readonly build: readonly string[];
  readonly buildAll: readonly string[];
}

/** What the plan says of its package. */
export interface PackageSettings {
  readonly ident: FullIdent;
  readonly description: string;
  readonly upstreamUrl: string;
  readonly licenses: readonly string[];
  readonly planFile: string;
  readonly compressionLevel: number;
  readonly sourceCache: string;
  /** `pkg_source`, `pkg_filename` and `pkg_shasum`; empty where there is none. */
  readonly source: { readonly url: string; readonly file: string; readonly sha256: string };
}

const NOTHING: ResolvedDependencies = { run: [], runAll: [], build: [], buildAll: [] };

export class RecordKeeper {
  readonly #options: KeeperOptions;
  readonly #startedMs = Date.now();
  /** Digests of files in the source cache that were computed for another reason, by path. */
  readonly #digests = new Map<string, string>();
  /** Fetched files by name, with where they came from. */
  readonly #fetched = new Map<string, string>();
  #resolved = NOTHING;
  #documents: Promise<typeof import("./documents.ts")> | undefined;
  #settings: PackageSettings | undefined;
  #provenance: Provenance | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  noteDigest(path: string, sha256: string): void {
    this.#digests.set(path, sha256);
  }

  noteSource(url: string, path: string): void {
    this.#fetched.set(path, url);
  }

  noteResolved(resolved: ResolvedDependencies): void {
    this.#resolved = resolved;
    // While the plan does its work. A failure shows when it is awaited.
    if (this.#options.isOn) this.#load().catch(() => undefined);
  }

  noteSettings(settings: PackageSettings): void {
    this.#settings = settings;
  }

  /**
   * Writes the records into the package and answers the list of digests for FILES, in which they are. Throws what is wrong
   * with the metadata of a dependency, HAB-BLD-004, and system errors.
   */
  async writeInto(prefix: string, added: ReadonlyMap<string, Uint8Array> = new Map()): Promise<Buffer> {
    const settings = this.#settings;
    if (!this.#options.isOn || settings === undefined) return digestList(prefix, undefined, added);
    const { billOfMaterials, dependencyFacts, provenanceOf } = await this.#load();
    const { runAll, buildAll } = this.#resolved;
    const dependencies = dependencyFacts([...runAll, ...buildAll].map(identOf), this.#options.root);
    const facts = await this.#facts(prefix, settings, dependencies);
    writeRecord(join(prefix, BILL_FILE), textOf(billOfMaterials(facts)));
    const path = join(prefix, PROVENANCE_FILE);
    const list = await digestList(prefix, (each) => each !== path, added);
    const listSha256 = new Bun.CryptoHasher("sha256").update(list).digest("hex");
    this.#provenance = provenanceOf(facts, listSha256);
    const text = textOf(this.#provenance);
    writeRecord(path, text);
    // Byte for byte: not every name in it is UTF-8.
    const line = Buffer.from(`${blake2b256Hex(Buffer.from(text))}  ${path}\n`);
    return inOrderOfPaths(Buffer.concat([list, line]));
  }

  /** The file beside a finished hart, its signed provenance; undefined when records are off. */
  async fileBeside(
    hart: string,
    sha256: string,
    key: SecretKey<"origin-secret">,
  ): Promise<{ readonly path: string; readonly text: string } | undefined> {
    if (this.#provenance === undefined) return undefined;
    const { provenanceOfHart, signStatement } = await this.#load();
    const statement = provenanceOfHart(
      this.#provenance,
      { file: basename(hart), sha256 },
      { builder: this.#options.builder, startedMs: this.#startedMs, finishedMs: Date.now() },
    );
    return { path: `${hart}${ENVELOPE_SUFFIX}`, text: await signStatement(statement, key) };
  }

  #load(): Promise<typeof import("./documents.ts")> {
    this.#documents ??= import("./documents.ts");
    return this.#documents;
  }

  async #facts(
    prefix: string,
    settings: PackageSettings,
    dependencies: BuildFacts["dependencies"],
  ): Promise<BuildFacts> {
    const { target, version, epochSeconds } = this.#options;
    const { run, runAll, build, buildAll } = this.#resolved;
    return {
      ident: settings.ident,
      target,
      epochSeconds,
      version,
      description: settings.description,
      upstreamUrl: settings.upstreamUrl,
      licenses: settings.licenses,
      planSha256: await sha256OfFile(settings.planFile),
      compressionLevel: settings.compressionLevel,
      run: { direct: run.map(identOf), all: runAll.map(identOf) },
      build: { direct: build.map(identOf), all: buildAll.map(identOf) },
      dependencies,
      sources: await this.#sources(settings),
      debian: debianPackagesOf(prefix),
    };
  }

  /** In order of the names: what was fetched, and what the plan names as its source however it gets it. */
  async #sources({ source, sourceCache }: PackageSettings): Promise<SourceFacts[]> {
    const found = new Map<string, SourceFacts>();
    if (source.url !== "") {
      const file = basename(source.file === "" ? source.url : source.file);
      const facts = { file: fileNameOf(file), url: source.url, sha256: source.sha256 || undefined };
      found.set(join(sourceCache, file), facts);
    }
    for (const [path, url] of this.#fetched) {
      // What the plan fetched and did not check is looked at now; what it did not fetch may be of another build.
      const known = this.#digests.get(path);
      const seen = known === undefined && isRegularFile(path) ? await sha256OfFile(path) : known;
      found.set(path, { file: fileNameOf(path), url, sha256: seen ?? found.get(path)?.sha256 });
    }
    for (const [path, each] of found) {
      const sha256 = this.#digests.get(path) ?? each.sha256;
      found.set(path, { ...each, sha256: sha256?.toLowerCase() });
    }
    return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
  }
}

/** Compat: the default of pkg_filename has the query of the address in it, which may hold a secret. */
function fileNameOf(path: string): string {
  return basename(path).replace(/\?.*$/, "");
}

/** The release whose package is at a path: its last four parts. */
export function identOf(path: string): FullIdent {
  return parseFullIdent(path.split("/").slice(-4).join("/"));
}

/** Like all metadata it need not be synced: only the hart counts. What the plan put there, maybe a link, makes way. */
function writeRecord(path: string, text: string): void {
  removeIfPresent(path);
  writeFileSync(path, text, { mode: 0o644, flag: "wx" });
}

function textOf(record: unknown): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

function inOrderOfPaths(list: Buffer): Buffer {
  const pathOf = (line: string) => line.slice(line.indexOf("  ") + 2);
  // A character a byte, so that their order is that of the bytes.
  const lines = list.toString("latin1").split("\n").slice(0, -1);
  const sorted = lines.sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1));
  return Buffer.from(sorted.map((line) => `${line}\n`).join(""), "latin1");
}
