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

/** Where members of an archive go. */
export interface MemberNames {
  /** The member's path below the directory that is unpacked to; undefined leaves it out. Throws HAB-PKG-022. */
  ofMember(entry: TarEntry): string | undefined;
  /** The same for any name the member states. */
  inside(name: string, entry: TarEntry): string | undefined;
}

/** Turns names in an archive into paths below the release directory, or below any directory of the archive. */
export class MemberPaths implements MemberNames {
  readonly #prefix: readonly string[];
  #entries = 0;
  #nameBytes = 0;

  constructor(place: FullIdent | readonly string[]) {
    const prefix = "origin" in place ? releasePath(place) : place;
    this.#prefix = prefix.map(byteString);
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

function releasePath({ origin, name, version, release }: FullIdent): readonly string[] {
  return ["hab", "pkgs", origin, name, version, release];
}

/** HAB-PKG-022 about this member. */
export function hostile(entry: TarEntry, problem: string, cause?: unknown): HabError {
  return new HabError(
    packageErrors.hostileArchive,
    `"${displayText(entry.path)}" in the archive ${problem}`,
    { cause },
  );
}
