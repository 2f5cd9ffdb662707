// Unpacks the archive of a hart into an empty directory of our own. Whatever the archive says, nothing outside of that
// directory is written, linked to or changed (reference/packages.md §5.8; what is stricter is in docs/decisions/0004-tar.md).
import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { systemErrorCode } from "../error/index.ts";
import { startWriting } from "../host/index.ts";
import type { FullIdent } from "./ident.ts";
import { hostile, type MemberNames, MemberPaths } from "./member-path.ts";
import { byteString, bytesOf, displayText, type TarEntry } from "./tar/format.ts";
import type { TarVisitor } from "./tar/reader.ts";

/** Largest time a file system is sure to take (2^34 s, the limit of ext4, is in 2446). */
const LATEST_MTIME_SECONDS = 2 ** 34 - 1;
/** Likewise the earliest (1901). */
const EARLIEST_MTIME_SECONDS = -(2 ** 31);

const FOREIGN_IDENT = /^\/?(?:opt\/)?hab\/pkgs\/([^/]+\/[^/]+\/[^/]+\/[^/]+)\/IDENT$/;

/** What the system says to names, and to links, that no honest package has. */
const REFUSED_NAMES = new Set(["ENAMETOOLONG", "EINVAL", "EILSEQ", "ENOENT", "EMLINK"]);

/** The disk is told to begin after so many bytes of a file, and at its end if it has at least the second number. */
const WRITE_AHEAD_BYTES = 8 * 1024 * 1024;
const WORTH_WRITING_BYTES = 256 * 1024;

/** What was made at a path below the release directory. */
type Made =
  | { readonly kind: "directory"; mode: number }
  | { readonly kind: "file" }
  | { readonly kind: "symlink"; readonly target: string };

/**
 * Puts the members below `hab/pkgs/<ident>/`, or those that the given names choose, into `directory`, which must exist and
 * be empty, and leaves out all others.
 * Call `finish` at the end, `abandon` after a failure.
 * Throws HAB-PKG-021, HAB-PKG-022 or the system error (a full disk).
 */
export class Unpacker implements TarVisitor {
  readonly #directory: string;
  readonly #paths: MemberNames;
  /** By path below the release directory; the release directory itself is "". Nothing else is in `directory`. */
  readonly #made = new Map<string, Made>([["", { kind: "directory", mode: 0o755 }]]);
  /** Bytes of the open file that the disk has not been told of. */
  #unwritten = 0;
  #foreign: string | undefined;
  #file: { readonly fd: number; readonly entry: TarEntry } | undefined;

  constructor(directory: string, members: FullIdent | MemberNames) {
    this.#directory = byteString(directory);
    this.#paths = "origin" in members ? new MemberPaths(members) : members;
  }

  /** Whether nothing of the release was in the archive. */
  get isEmpty(): boolean {
    return this.#made.size === 1;
  }

  /** Another package the archive holds an IDENT of. */
  get foreignIdent(): string | undefined {
    return this.#foreign === undefined ? undefined : displayText(this.#foreign);
  }

  begin(entry: TarEntry): void {
    const path = this.#paths.ofMember(entry);
    if (path === undefined) {
      this.#foreign ??= FOREIGN_IDENT.exec(entry.path)?.[1];
      return;
    }
    switch (entry.kind) {
      case "directory":
        this.#makeDirectory(path, entry);
        break;
      case "file":
        this.#makeFile(path, entry);
        break;
      case "symlink":
        this.#makeSymlink(path, entry);
        break;
      case "hard link":
        this.#makeHardLink(path, entry);
        break;
      default:
        throw hostile(entry, `is of a type that no package needs ("${entry.type}")`);
    }
  }

  data(piece: Uint8Array): void {
    if (this.#file === undefined) return;
    for (let at = 0; at < piece.length; ) at += writeSync(this.#file.fd, piece, at);
    this.#unwritten += piece.length;
    if (this.#unwritten >= WRITE_AHEAD_BYTES) this.#startWriting();
  }

  /** While the next bytes are decoded the disk can work; else it would begin with the sync at the end. */
  #startWriting(): void {
    if (this.#file !== undefined) startWriting(this.#file.fd);
    this.#unwritten = 0;
  }

  end(): void {
    if (this.#file === undefined) return;
    const { fd, entry } = this.#file;
    if (this.#unwritten >= WORTH_WRITING_BYTES) this.#startWriting();
    this.#unwritten = 0;
    fchmodSync(fd, entry.mode);
    const mtime = Math.max(EARLIEST_MTIME_SECONDS, Math.min(entry.mtimeSeconds, LATEST_MTIME_SECONDS));
    futimesSync(fd, mtime, mtime);
    this.abandon();
  }

  /** Gives directories their modes, innermost first: until now they had to be writable. */
  finish(): void {
    const directories = [...this.#made].filter(([, made]) => made.kind === "directory");
    for (const [path, made] of directories.sort(([a], [b]) => (a < b ? 1 : -1)))
      if (made.kind === "directory") chmodSync(this.#place(path), made.mode);
  }

  /** Closes what is open. */
  abandon(): void {
    if (this.#file !== undefined) closeSync(this.#file.fd);
    this.#file = undefined;
  }

  #makeDirectory(path: string, entry: TarEntry): void {
    const existing = this.#made.get(path);
    if (existing?.kind === "directory") existing.mode = entry.mode;
    else if (existing !== undefined)
      throw hostile(entry, `is a directory where a ${existing.kind} is already`);
    else this.#mkdir(path, entry, entry.mode);
  }

  #makeFile(path: string, entry: TarEntry): void {
    this.#clear(path, entry);
    const fd = this.#call(entry, () => openSync(this.#place(path), "wx", 0o600));
    this.#made.set(path, { kind: "file" });
    this.#file = { fd, entry };
  }

  #makeSymlink(path: string, entry: TarEntry): void {
    if (entry.link === "") throw hostile(entry, "is a symlink to nothing");
    if (entry.link.includes("\0")) throw hostile(entry, "is a symlink to a name with a NUL");
    this.#clear(path, entry);
    this.#call(entry, () => symlinkSync(bytesOf(entry.link), this.#place(path)));
    this.#made.set(path, { kind: "symlink", target: entry.link });
  }

  #makeHardLink(path: string, entry: TarEntry): void {
    const source = this.#paths.inside(entry.link, entry);
    const made = source === undefined ? undefined : this.#made.get(source);
    if (source === undefined || made === undefined || made.kind === "directory" || source === path)
      throw hostile(entry, `is a hard link to what is not in the package ("${displayText(entry.link)}")`);
    this.#clear(path, entry);
    if (made.kind === "symlink")
      this.#call(entry, () => symlinkSync(bytesOf(made.target), this.#place(path)));
    else this.#call(entry, () => linkSync(this.#place(source), this.#place(path)));
    this.#made.set(path, made);
  }

  /** Makes room for a file or link: its directories, and away with a file or link of that name. */
  #clear(path: string, entry: TarEntry): void {
    const existing = this.#made.get(path);
    if (existing?.kind === "directory") throw hostile(entry, "takes the place of a directory");
    if (existing !== undefined) {
      unlinkSync(this.#place(path));
      this.#made.delete(path);
    } else this.#makeParents(path, entry);
  }

  #makeParents(path: string, entry: TarEntry): void {
    const slash = path.lastIndexOf("/");
    if (slash < 0) return;
    const parent = path.slice(0, slash);
    const existing = this.#made.get(parent);
    if (existing === undefined) this.#mkdir(parent, entry, 0o755);
    else if (existing.kind !== "directory") throw hostile(entry, `goes through a ${existing.kind}`);
  }

  #mkdir(path: string, entry: TarEntry, mode: number): void {
    this.#makeParents(path, entry);
    this.#call(entry, () => mkdirSync(this.#place(path), { mode: 0o700 }));
    this.#made.set(path, { kind: "directory", mode });
  }

  #place(path: string): Buffer {
    return bytesOf(path === "" ? this.#directory : `${this.#directory}/${path}`);
  }

  /** Names the system refuses are the archive's fault; a full disk is not. */
  #call<Result>(entry: TarEntry, action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== undefined && REFUSED_NAMES.has(code)) throw hostile(entry, "cannot be made here", error);
      throw error;
    }
  }
}
