// Whether a hart that was built anew is the same as a package of its release, and if not, which files differ and how. Both
// are read as streams; what differs is looked at once more, to find the place.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashFile } from "../../crypto/index.ts";
import { displayText } from "../../package/index.ts";
import { type GivenPackage, readMembers } from "./given.ts";
import { PROVENANCE_FILE } from "./record-files.ts";

/** One thing at one path below the release's directory. */
export interface HartDifference {
  readonly path: string;
  readonly problem: "only in the given one" | "only in the new one" | "kind" | "mode" | "link" | "content";
  /** What is where, in words. */
  readonly detail: string;
}

export interface HartComparison {
  /**
   * `identical`: the same bytes; `same-files`: the same files, but another signature, time or compression (or the package
   * is an installed one, of which only the files are there);
   * `different`: `differences` says where.
   */
  readonly outcome: "identical" | "same-files" | "different";
  readonly differences: readonly HartDifference[];
}

/** What is kept of a member. */
interface Member {
  readonly kind: string;
  readonly mode: number;
  readonly link: string;
  size: number;
  digest: string;
}

/** Compares what is given with the hart that was built anew. Throws HAB-PKG-020 to -023, HAB-PKG-028 and system errors. */
export async function compareHarts(given: GivenPackage, hart: string): Promise<HartComparison> {
  const built: GivenPackage = { kind: "hart", path: hart };
  if (given.kind === "hart" && (await hashFile(given.path)) === (await hashFile(hart)))
    return { outcome: "identical", differences: [] };
  const [before, after] = [await members(given), await members(built)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const found = paths.flatMap((path) => memberDifferences(path, before.get(path), after.get(path)));
  const differences = withoutConsequences(found);
  if (differences.length === 0) return { outcome: "same-files", differences };
  const contents = differences.filter(({ problem }) => problem === "content").map(({ path }) => path);
  const places = await firstDifferences(given, built, new Set(contents));
  return {
    outcome: "different",
    differences: differences.map((each) =>
      each.problem === "content" ? { ...each, detail: `${each.detail}${places.get(each.path) ?? ""}` } : each,
    ),
  };
}

/** FILES and the provenance hold digests of the other files: they are worth naming only when nothing else differs. */
function withoutConsequences(found: readonly HartDifference[]): HartDifference[] {
  const causes = found.filter(({ path }) => path !== "FILES" && path !== PROVENANCE_FILE);
  return causes.length > 0 ? causes : [...found];
}

function memberDifferences(path: string, a: Member | undefined, b: Member | undefined): HartDifference[] {
  if (a === undefined || b === undefined) {
    const problem = a === undefined ? "only in the new one" : "only in the given one";
    return [{ path, problem, detail: (a ?? b)?.kind ?? "" }];
  }
  if (a.kind !== b.kind) return [{ path, problem: "kind", detail: `${a.kind} → ${b.kind}` }];
  const found: HartDifference[] = [];
  if (a.link !== b.link) found.push({ path, problem: "link", detail: `${a.link} → ${b.link}` });
  if (a.mode !== b.mode && a.kind !== "symlink")
    found.push({ path, problem: "mode", detail: `${octal(a.mode)} → ${octal(b.mode)}` });
  if (a.size !== b.size) found.push({ path, problem: "content", detail: `${a.size} → ${b.size} bytes` });
  else if (a.digest !== b.digest) found.push({ path, problem: "content", detail: `${a.size} bytes` });
  return found;
}

const octal = (mode: number) => mode.toString(8).padStart(4, "0");

/** Members of a package by their paths. Times and owners do not count; of FILES only the list, not who signed it. */
async function members(of: GivenPackage): Promise<Map<string, Member>> {
  const found = new Map<string, Member>();
  let current: Member | undefined;
  let hasher = new Bun.CryptoHasher("sha256");
  let skipping: HeaderSkipper | undefined;
  await readMembers(of, {
    begin(path, entry) {
      current = {
        kind: entry.kind,
        mode: entry.mode,
        link: displayText(entry.link),
        size: entry.size,
        digest: "",
      };
      found.set(path, current);
      hasher = new Bun.CryptoHasher("sha256");
      skipping = path === "FILES" ? new HeaderSkipper() : undefined;
    },
    data(piece) {
      hasher.update(skipping === undefined ? piece : skipping.rest(piece));
    },
    end() {
      if (current === undefined) return;
      current.digest = hasher.digest("hex");
      // The header is as long as the name of the key.
      if (skipping !== undefined) current.size -= skipping.skipped;
    },
  });
  return found;
}

/** Leaves out the five lines of a signature. */
class HeaderSkipper {
  skipped = 0;
  #linesLeft = 5;

  rest(piece: Uint8Array): Uint8Array {
    let start = 0;
    while (this.#linesLeft > 0 && start < piece.length) {
      const end = piece.indexOf(0x0a, start);
      start = end < 0 ? piece.length : end + 1;
      if (end >= 0) this.#linesLeft--;
    }
    this.skipped += start;
    return piece.subarray(start);
  }
}

/** Where the contents of these files begin to differ, in words. */
async function firstDifferences(
  given: GivenPackage,
  built: GivenPackage,
  paths: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const places = new Map<string, string>();
  if (paths.size === 0) return places;
  const directory = mkdtempSync(join(tmpdir(), "hab-compare-"));
  const copies = new Map<string, string>();
  try {
    await copyContents(given, paths, (path) => {
      const copy = join(directory, String(copies.size));
      copies.set(path, copy);
      return copy;
    });
    let search: ContentSearch | undefined;
    await readMembers(built, {
      begin(path) {
        const copy = copies.get(path);
        search = copy === undefined ? undefined : new ContentSearch(copy, (place) => places.set(path, place));
      },
      data: (piece) => search?.push(piece),
      end: () => search?.end(),
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return places;
}

async function copyContents(
  of: GivenPackage,
  paths: ReadonlySet<string>,
  copyOf: (path: string) => string,
): Promise<void> {
  let file: number | undefined;
  await readMembers(of, {
    begin(path) {
      file = paths.has(path) ? openSync(copyOf(path), "wx", 0o600) : undefined;
    },
    data(piece) {
      if (file === undefined) return;
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
    },
    end() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  });
}

/** Finds the first byte that differs between a file and what is pushed, and in which line it is where that is text. */
class ContentSearch {
  readonly #file: number;
  readonly #found: (place: string) => void;
  #offset = 0;
  #line = 1;
  #isText = true;
  #isDone = false;

  constructor(path: string, found: (place: string) => void) {
    this.#file = openSync(path, "r");
    this.#found = found;
  }

  push(piece: Uint8Array): void {
    if (this.#isDone) return;
    const other = Buffer.alloc(piece.length);
    const length = readSync(this.#file, other, 0, other.length, this.#offset);
    let at = 0;
    while (at < length && piece[at] === other[at]) {
      if (piece[at] === 0x0a) this.#line++;
      else if (piece[at] === 0) this.#isText = false;
      at++;
    }
    this.#offset += at;
    if (at < piece.length) this.#tell();
  }

  end(): void {
    if (!this.#isDone) this.#tell();
    closeSync(this.#file);
  }

  #tell(): void {
    this.#isDone = true;
    this.#found(`, from byte ${this.#offset}${this.#isText ? ` (line ${this.#line})` : ""}`);
  }
}
