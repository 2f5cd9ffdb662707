// What is inside a hart, for people who look at it: its files with their sizes, its read-me and its records. One pass over
// the archive, in memory bounded by the limits below whatever the hart holds.
import { type FileHandle, open } from "node:fs/promises";
import {
  displayText,
  payloadPart,
  readHartHeader,
  readTar,
  type TarEntry,
  type TarVisitor,
} from "../../package/index.ts";

/** Entries that are listed; the rest is counted. */
export const MAX_LISTED_FILES = 20_000;
/** A read-me beyond this is cut. */
export const MAX_README_BYTES = 256 * 1024;
/** A record (bill of materials, provenance) or configuration beyond this is not shown. */
export const MAX_RECORD_BYTES = 2 * 1024 * 1024;
/** What an archive may decompress to; larger ones are not looked into. */
export const MAX_CONTENTS_BYTES = 4 * 1024 ** 3;

export interface ListedFile {
  /** Below the package's directory. */
  readonly path: string;
  readonly kind: "file" | "symlink" | "hard link" | "other";
  /** In bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Where a link leads. */
  readonly link?: string;
}

export interface ReadMe {
  readonly path: string;
  readonly text: string;
  readonly isCut: boolean;
}

export interface HartContents {
  /** By path. */
  readonly files: readonly ListedFile[];
  /** Of everything inside, listed or not. */
  readonly fileCount: number;
  readonly totalBytes: number;
  readonly readMe: ReadMe | undefined;
  readonly manifest: string;
  /** Text of default.toml; empty without one. */
  readonly config: string;
  /** Text of the records by their names in the package. */
  readonly records: Readonly<Partial<Record<RecordName, string>>>;
}

export const RECORD_FILES = { sbom: "SBOM.spdx.json", provenance: "PROVENANCE.json" } as const;
export type RecordName = keyof typeof RECORD_FILES;

/** Reads the hart at `path`. Throws HabError when it is none, or holds more than it may. */
export async function collectContents(path: string): Promise<HartContents> {
  const header = await readHartHeader(path);
  const file: FileHandle = await open(path, "r");
  try {
    const collector = new Collector();
    await readTar(payloadPart(file.fd, header), collector, () => false, MAX_CONTENTS_BYTES);
    return collector.contents();
  } finally {
    await file.close();
  }
}

/** `hab/pkgs/<origin>/<name>/<version>/<release>/`. */
const PREFIX_PARTS = 6;

const TEXTS: Readonly<Record<string, number>> = {
  MANIFEST: MAX_RECORD_BYTES,
  "default.toml": MAX_RECORD_BYTES,
  [RECORD_FILES.sbom]: MAX_RECORD_BYTES,
  [RECORD_FILES.provenance]: MAX_RECORD_BYTES,
};

class Collector implements TarVisitor {
  readonly #files: ListedFile[] = [];
  #fileCount = 0;
  #totalBytes = 0;
  readonly #texts = new Map<string, string>();
  #readMe: (ReadMe & { readonly rank: number }) | undefined;
  /** The member whose bytes are being kept. */
  #kept:
    | { readonly path: string; readonly limit: number; readonly pieces: Uint8Array[]; length: number }
    | undefined;

  begin(entry: TarEntry): void {
    this.#kept = undefined;
    const path = displayText(entry.path)
      .split("/")
      .filter((part) => part !== "." && part !== "")
      .slice(PREFIX_PARTS)
      .join("/");
    if (entry.kind === "directory" || path === "") return;
    this.#fileCount++;
    this.#totalBytes += entry.size;
    if (this.#files.length < MAX_LISTED_FILES) this.#files.push(listedFile(path, entry));
    if (entry.kind !== "file") return;
    const limit = TEXTS[path] ?? (this.#isBetterReadMe(path) ? MAX_README_BYTES : undefined);
    if (limit !== undefined) this.#kept = { path, limit, pieces: [], length: 0 };
  }

  data(piece: Uint8Array): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    const room = kept.limit - kept.length;
    if (room > 0) kept.pieces.push(piece.slice(0, room));
    kept.length += piece.length;
  }

  end(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept === undefined) return;
    const isCut = kept.length > kept.limit;
    const text = new TextDecoder().decode(Buffer.concat(kept.pieces));
    if (kept.path in TEXTS) {
      if (!isCut) this.#texts.set(kept.path, text);
      return;
    }
    const rank = readMeRank(kept.path);
    if (rank !== undefined && text.trim() !== "") this.#readMe = { path: kept.path, text, isCut, rank };
  }

  #isBetterReadMe(path: string): boolean {
    const rank = readMeRank(path);
    return rank !== undefined && rank < (this.#readMe?.rank ?? Number.POSITIVE_INFINITY);
  }

  contents(): HartContents {
    const records: Partial<Record<RecordName, string>> = {};
    for (const name of Object.keys(RECORD_FILES) as RecordName[]) {
      const text = this.#texts.get(RECORD_FILES[name]);
      if (text !== undefined) records[name] = text;
    }
    const { path = "", text = "", isCut = false } = this.#readMe ?? {};
    return {
      files: this.#files.sort((a, b) => (a.path < b.path ? -1 : 1)),
      fileCount: this.#fileCount,
      totalBytes: this.#totalBytes,
      readMe: this.#readMe === undefined ? undefined : { path, text, isCut },
      manifest: this.#texts.get("MANIFEST") ?? "",
      config: this.#texts.get("default.toml") ?? "",
      records,
    };
  }
}

function listedFile(path: string, entry: TarEntry): ListedFile {
  const kind = entry.kind === "directory" ? "other" : entry.kind;
  const listed = { path, kind, size: entry.size, mode: entry.mode & 0o7777 } as const;
  return entry.link === "" ? listed : { ...listed, link: displayText(entry.link) };
}

/**
 * How likely a file is the read-me of the package, 0 the most; undefined when it is none. The package's own, then what its
 * software installs beside its documentation.
 */
export function readMeRank(path: string): number | undefined {
  const parts = path.split("/");
  const file = parts.at(-1) ?? "";
  const kind = ["readme.md", "readme.markdown", "readme", "readme.txt"].indexOf(file.toLowerCase());
  if (kind < 0) return undefined;
  const depth = parts.length - 1;
  if (depth === 0) return kind;
  const isDocumentation = /^(share\/)?doc\//.test(path) && depth <= 3;
  return isDocumentation ? 10 * depth + kind : undefined;
}
