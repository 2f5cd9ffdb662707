// The index of an archive: `Packages`, one paragraph a package, some 60,000 of them. It stays bytes; only where the names
// are is noted, and a paragraph is read when it is asked for.
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";
import { type Dependency, type Paragraph, parseDependencies, parseParagraphs } from "./control.ts";
import { compareDebianVersions, type Relation, satisfies } from "./version.ts";

/** A package as the index describes it. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** The source package it was built from. */
  readonly source: string;
  /** What it cannot run without: Pre-Depends and Depends. */
  readonly dependencies: readonly Dependency[];
  /** Path below the mirror. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** The mirror whose index it is in. */
  readonly mirror: string;
}

/** One verified index and where its files are. */
export interface IndexText {
  readonly bytes: Buffer;
  readonly mirror: string;
}

interface Place {
  readonly index: IndexText;
  readonly start: number;
}

const PACKAGE = "Package: ";
const PROVIDES = "\nProvides: ";
const NAME = /^[a-z0-9][a-z0-9+.-]+$/;
/** A path below the mirror: nothing that a URL or a file system would take for something else. */
const FILE = /^[A-Za-z0-9_+~.%:-]+(?:\/[A-Za-z0-9_+~.%:-]+)*$/;
/** A .deb larger than this is none that a plan wants; Debian's largest has 2 GB. */
const LARGEST_DEB_BYTES = 4 * 1024 * 1024 * 1024;

/** The packages of several indexes taken together. */
export class Packages {
  readonly #places = new Map<string, Place[]>();
  /** Name → who provides it; made on first use. */
  #providers: Map<string, Set<string>> | undefined;
  readonly #indexes: readonly IndexText[];

  constructor(indexes: readonly IndexText[]) {
    this.#indexes = indexes;
    for (const index of indexes) for (const start of paragraphStarts(index.bytes)) this.#note(index, start);
  }

  /** All versions of a package, the newest first. Throws HAB-BLD-094 where the index makes no sense. */
  versionsOf(name: string): DebianPackage[] {
    const found = (this.#places.get(name) ?? []).map((place) => read(place));
    // Of the same version the first index counts: sort is stable.
    return found.sort((a, b) => compareDebianVersions(b.version, a.version));
  }

  /** The newest version of a package. */
  newest(name: string): DebianPackage | undefined {
    return this.versionsOf(name)[0];
  }

  /** The newest version that fits. */
  fitting(name: string, bound?: { relation: Relation; version: string }): DebianPackage | undefined {
    return this.versionsOf(name).find(
      ({ version }) => bound === undefined || satisfies(version, bound.relation, bound.version),
    );
  }

  /** Names of packages that provide `name`, in their order. */
  providersOf(name: string): string[] {
    this.#providers ??= this.#readProviders();
    return [...(this.#providers.get(name) ?? [])].sort();
  }

  /** Names that resemble `name`, for whoever has mistyped it. */
  similarTo(name: string): string[] {
    const similar: string[] = [];
    for (const each of this.#places.keys())
      if (each.startsWith(name) || (each.length > 3 && name.startsWith(each))) similar.push(each);
    return similar.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, 5);
  }

  #note(index: IndexText, start: number): void {
    const begin = start + PACKAGE.length;
    const end = index.bytes.indexOf(0x0a, begin);
    const name = index.bytes.toString("latin1", begin, end < 0 ? index.bytes.length : end).trim();
    if (!NAME.test(name)) return;
    const place = { index, start };
    const known = this.#places.get(name);
    if (known === undefined) this.#places.set(name, [place]);
    else known.push(place);
  }

  #readProviders(): Map<string, Set<string>> {
    const providers = new Map<string, Set<string>>();
    for (const { bytes } of this.#indexes) {
      for (let at = bytes.indexOf(PROVIDES); at >= 0; at = bytes.indexOf(PROVIDES, at + 1)) {
        const begin = at + PROVIDES.length;
        const value = bytes.toString("latin1", begin, bytes.indexOf(0x0a, begin));
        const start = bytes.lastIndexOf(PACKAGE, at) + PACKAGE.length;
        const name = bytes.toString("latin1", start, bytes.indexOf(0x0a, start)).trim();
        for (const [alternative] of parseDependencies(value)) {
          if (alternative === undefined) continue;
          const known = providers.get(alternative.name) ?? new Set();
          providers.set(alternative.name, known.add(name));
        }
      }
    }
    return providers;
  }
}

/** Every paragraph of an index begins with the package's name. */
function* paragraphStarts(bytes: Buffer): Generator<number> {
  if (bytes.toString("latin1", 0, PACKAGE.length) === PACKAGE) yield 0;
  const marker = `\n\n${PACKAGE}`;
  for (let at = bytes.indexOf(marker); at >= 0; at = bytes.indexOf(marker, at + 2)) yield at + 2;
}

function read({ index, start }: Place): DebianPackage {
  const end = index.bytes.indexOf("\n\n", start);
  const text = index.bytes.toString("utf8", start, end < 0 ? index.bytes.length : end);
  const [paragraph = new Map()] = parseParagraphs(text);
  const name = field(paragraph, "package");
  const version = field(paragraph, "version");
  const file = field(paragraph, "filename");
  const sizeBytes = Number(field(paragraph, "size"));
  const sha256 = field(paragraph, "sha256").toLowerCase();
  if (
    !/^(?:[0-9]+:)?[A-Za-z0-9.+~:-]+$/.test(version) ||
    !FILE.test(file) ||
    file.split("/").includes("..") ||
    !Number.isSafeInteger(sizeBytes) ||
    sizeBytes < 0 ||
    sizeBytes > LARGEST_DEB_BYTES ||
    !/^[0-9a-f]{64}$/.test(sha256)
  )
    throw new HabError(
      buildErrors.debianIndexUnusable,
      `Debian's index says of ${name} what cannot be right`,
    );
  return {
    name,
    version,
    architecture: field(paragraph, "architecture"),
    source: (paragraph.get("source") ?? name).replace(/ .*$/, ""),
    dependencies: [
      ...parseDependencies(paragraph.get("pre-depends") ?? ""),
      ...parseDependencies(paragraph.get("depends") ?? ""),
    ],
    file,
    sizeBytes,
    sha256,
    mirror: index.mirror,
  };
}

function field(paragraph: Paragraph, name: string): string {
  return paragraph.get(name) ?? "";
}
