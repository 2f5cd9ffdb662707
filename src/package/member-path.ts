// Which members of an archive belong to a release, and which names no honest package has (docs/decisions/0004-tar.md).
import { HabError } from "../error/index.ts";
import { packageErrors } from "./errors.ts";
import type { FullIdent } from "./ident.ts";
import { byteString, displayText, type TarEntry } from "./tar/format.ts";

/** More members than any package has; each costs memory here and an inode there. */
const MOST_ENTRIES = 2_000_000;

/** All names and link targets together, which are kept in memory: 128 bytes for each of the most entries. */
const MOST_NAME_BYTES = 256 * 1024 * 1024;

/** The longest path the system takes; it also bounds how deep directories go. */
const LONGEST_PATH_BYTES = 4096;

/** Turns names in an archive into paths below the release directory. */
export class MemberPaths {
  readonly #prefix: readonly string[];
  #entries = 0;
  #nameBytes = 0;

  constructor(ident: FullIdent) {
    this.#prefix = ["hab", "pkgs", ident.origin, ident.name, ident.version, ident.release].map(byteString);
  }

  /** The member's path below the release directory, which itself is ""; undefined for what is elsewhere. Throws HAB-PKG-022. */
  ofMember(entry: TarEntry): string | undefined {
    this.#nameBytes += entry.path.length + entry.link.length;
    if (++this.#entries > MOST_ENTRIES || this.#nameBytes > MOST_NAME_BYTES)
      throw hostile(entry, "is one of too many");
    return this.inside(entry.path, entry);
  }

  /** The same for any name the member states. `..` is never right. */
  inside(name: string, entry: TarEntry): string | undefined {
    if (name.length > LONGEST_PATH_BYTES) throw hostile(entry, "has too long a name");
    if (name.includes("\0")) throw hostile(entry, "has a NUL in a name");
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    if (parts.includes("..")) throw hostile(entry, 'has ".." in a name');
    if (parts.length < this.#prefix.length || this.#prefix.some((part, i) => parts[i] !== part))
      return undefined;
    return parts.slice(this.#prefix.length).join("/");
  }
}

/** HAB-PKG-022 about this member. */
export function hostile(entry: TarEntry, problem: string, cause?: unknown): HabError {
  return new HabError(
    packageErrors.hostileArchive,
    `"${displayText(entry.path)}" in the archive ${problem}`,
    { cause },
  );
}
