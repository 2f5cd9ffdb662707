// Whether an installed package is still what its signed hart holds. The hart is decoded once and never held: what is kept of
// a member is its name, mode and digest.
import { closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { Blake2b256, formatNamedRevision, type KeyCache } from "../crypto/index.ts";
import { HabError, systemErrorCode } from "../error/index.ts";
import { payloadPart, readTar } from "./archive.ts";
import { packageErrors } from "./errors.ts";
import { hashRest, readHeaderFrom, verifyOpenHart, withFile } from "./hart.ts";
import { formatIdent } from "./ident.ts";
import type { InstalledPackage } from "./installed.ts";
import { hostile, MemberPaths } from "./member-path.ts";
import { INSTALL_HOOK_STATUS } from "./pending-hooks.ts";
import { byteString, bytesOf, displayText, type TarEntry } from "./tar/format.ts";
import type { TarVisitor } from "./tar/reader.ts";

export type InstalledProblem =
  | "missing"
  | "extra"
  | "changed kind"
  | "changed mode"
  | "changed content"
  | "changed link";

/** One thing at one path below the release's directory ("." is the directory itself). */
export interface Difference {
  readonly path: string;
  readonly problem: InstalledProblem;
}

export interface InstalledCheck {
  /** BLAKE2b-256 of the hart's payload, which the signature vouches for. */
  readonly checksum: string;
  /** The signer, name-revision. */
  readonly key: string;
  /** By path; nothing is said about what is below a directory that is missing, extra or no directory any more. */
  readonly differences: readonly Difference[];
}

/**
 * Checks the signature of the hart at `path`, then compares each of its members with the installed package: kind, mode, size
 * and content, target of symlinks, and which names are hard links of each other. Owners and times do not matter.
 * Throws what `verifyHart` and unpacking throw, HAB-PKG-026 for the hart of another package, and HAB-PKG-057 for an
 * installed file that cannot be read.
 */
export async function verifyInstalled(
  pkg: InstalledPackage,
  path: string,
  keys: KeyCache,
): Promise<InstalledCheck> {
  return withFile(path, async (fd) => {
    const header = readHeaderFrom(fd);
    const verified = await verifyOpenHart(fd, header, keys.get("origin-public", header.signer));
    const members = new ExpectedMembers(new MemberPaths(pkg.ident));
    await readTar(payloadPart(fd, header), members);
    if (members.isEmpty)
      throw new HabError(
        packageErrors.identMismatch,
        `${path} holds nothing of ${formatIdent(pkg.ident)}: it is the hart of another package`,
        { next: "Name the package's own hart: hab pkg verify --hart FILE." },
      );
    return {
      checksum: verified.hash,
      key: formatNamedRevision(verified.signer),
      differences: await new Comparison(pkg.path, members.byPath).run(),
    };
  });
}

/** What unpacking makes at a path; names that are hard links of each other share one. */
type Expected =
  | { readonly kind: "directory"; readonly mode: number }
  | { readonly kind: "file"; readonly mode: number; readonly size: number; digest: string }
  | { readonly kind: "symlink"; readonly target: string };

/** Collects what unpacking would make. A later member of a name replaces an earlier one, as it does there. */
class ExpectedMembers implements TarVisitor {
  /** The release directory itself is "". */
  readonly byPath = new Map<string, Expected>([["", { kind: "directory", mode: 0o755 }]]);
  readonly #paths: MemberPaths;
  #file: { readonly expected: Expected & { kind: "file" }; readonly hasher: Blake2b256 } | undefined;

  constructor(paths: MemberPaths) {
    this.#paths = paths;
  }

  get isEmpty(): boolean {
    return this.byPath.size === 1;
  }

  begin(entry: TarEntry): void {
    this.#file = undefined;
    const path = this.#paths.ofMember(entry);
    if (path === undefined) return;
    this.#addParents(path, entry);
    const previous = this.byPath.get(path);
    if (previous !== undefined && (previous.kind === "directory") !== (entry.kind === "directory"))
      throw hostile(entry, `takes the place of a ${previous.kind}`);
    this.byPath.set(path, this.#expected(path, entry));
  }

  data(piece: Uint8Array): void {
    this.#file?.hasher.update(piece);
  }

  end(): void {
    if (this.#file !== undefined) this.#file.expected.digest = this.#file.hasher.digestHex();
    this.#file = undefined;
  }

  #expected(path: string, entry: TarEntry): Expected {
    switch (entry.kind) {
      case "directory":
        return { kind: "directory", mode: entry.mode };
      case "symlink":
        return { kind: "symlink", target: entry.link };
      case "file": {
        const expected = { kind: "file" as const, mode: entry.mode, size: entry.size, digest: "" };
        this.#file = { expected, hasher: new Blake2b256() };
        return expected;
      }
      case "hard link": {
        const source = this.#paths.inside(entry.link, entry);
        const linked = source === undefined ? undefined : this.byPath.get(source);
        if (linked === undefined || linked.kind === "directory" || source === path)
          throw hostile(entry, `is a hard link to what is not in the package ("${displayText(entry.link)}")`);
        return linked;
      }
      default:
        throw hostile(entry, `is of a type that no package needs ("${entry.type}")`);
    }
  }

  #addParents(path: string, entry: TarEntry): void {
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      const parent = path.slice(0, slash);
      const existing = this.byPath.get(parent);
      if (existing === undefined) this.byPath.set(parent, { kind: "directory", mode: 0o755 });
      else if (existing.kind !== "directory") throw hostile(entry, `goes through a ${existing.kind}`);
    }
  }
}

/** The installed directory against what is expected of it. */
class Comparison {
  readonly #directory: string;
  readonly #expected: ReadonlyMap<string, Expected>;
  readonly #differences: { path: string; problem: InstalledProblem }[] = [];
  /** Directories there, in which to look. */
  readonly #present = new Set<string>();
  /** The inode found first for files of several names. */
  readonly #inodes = new Map<Expected, string>();
  readonly #linkCounts = new Map<Expected, number>();

  constructor(directory: string, expected: ReadonlyMap<string, Expected>) {
    this.#directory = byteString(directory);
    this.#expected = expected;
    for (const each of expected.values()) this.#linkCounts.set(each, (this.#linkCounts.get(each) ?? 0) + 1);
  }

  async run(): Promise<Difference[]> {
    // Parents come before what is in them.
    for (const path of [...this.#expected.keys()].sort()) {
      const expected = this.#expected.get(path);
      if (expected === undefined || (path !== "" && !this.#present.has(parentOf(path)))) continue;
      await this.#guarded(path, () => this.#compare(path, expected));
    }
    for (const path of this.#present) await this.#guarded(path, () => this.#findExtra(path));
    return this.#differences
      .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
      .map(({ path, problem }) => ({ path: path === "" ? "." : displayText(path), problem }));
  }

  async #compare(path: string, expected: Expected): Promise<void> {
    const found = lstatSync(this.#place(path));
    if (kindOf(found) !== expected.kind) {
      this.#report(path, "changed kind");
      return;
    }
    if (expected.kind === "symlink") {
      const target = byteString(readlinkSync(this.#place(path), { encoding: "buffer" }));
      if (target !== expected.target) this.#report(path, "changed link");
      return;
    }
    if (expected.kind === "directory") this.#present.add(path);
    if ((found.mode & 0o7777) !== expected.mode) this.#report(path, "changed mode");
    if (expected.kind !== "file") return;
    if (!this.#isLinkedAsExpected(found, expected)) this.#report(path, "changed link");
    if (found.size !== expected.size || (await this.#digest(path)) !== expected.digest)
      this.#report(path, "changed content");
  }

  /** All names of one file in the hart must be names of one file here. */
  #isLinkedAsExpected(found: Stats, expected: Expected): boolean {
    if (this.#linkCounts.get(expected) === 1) return true;
    const inode = `${found.dev}:${found.ino}`;
    const first = this.#inodes.get(expected) ?? inode;
    this.#inodes.set(expected, first);
    return inode === first;
  }

  async #digest(path: string): Promise<string> {
    // Neither waits at a FIFO nor follows a link that took the file's place since it was looked at.
    const fd = openSync(this.#place(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await hashRest(fd, 0);
    } finally {
      closeSync(fd);
    }
  }

  #findExtra(directory: string): void {
    for (const entry of readdirSync(this.#place(directory), { encoding: "buffer" })) {
      const name = byteString(entry);
      const path = directory === "" ? name : `${directory}/${name}`;
      if (!this.#expected.has(path) && path !== INSTALL_HOOK_STATUS) this.#report(path, "extra");
    }
  }

  async #guarded(path: string, action: () => void | Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      if (code === "ENOENT") this.#report(path, "missing");
      else
        throw new HabError(
          packageErrors.unreadableFile,
          `${displayText(this.#directory)}/${displayText(path)} cannot be read`,
          { cause: error },
        );
    }
  }

  #report(path: string, problem: InstalledProblem): void {
    this.#differences.push({ path, problem });
  }

  #place(path: string): Buffer {
    return bytesOf(path === "" ? this.#directory : `${this.#directory}/${path}`);
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function kindOf(found: Stats): Expected["kind"] | "other" {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "directory";
  return found.isSymbolicLink() ? "symlink" : "other";
}
