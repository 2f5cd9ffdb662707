// What is in an export, as members of a tar archive: packages as they are installed, and files made for it. The same packages
// make the same members, whoever exports them and when.
import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { HabError } from "../error/index.ts";
import {
  byteString,
  bytesOf,
  displayText,
  type FullIdent,
  formatIdent,
  installPath,
  type TarMember,
} from "../package/index.ts";
import { exportErrors } from "./errors.ts";

/** Parents of packages belong to no package; they are the same in every layer. */
const PARENT_MODE = 0o775;

/** Written beside a package's files by whoever installed it. */
const NOT_OF_THE_PACKAGE = new Set(["INSTALL_HOOK_STATUS"]);

/**
 * The directories above these packages, then the packages, sorted. Directories can be written by their group as by their
 * owner, so that any user of that group can run what is in there (reference/plan-build.md §17.3).
 */
export function* packageMembers(root: string, idents: readonly FullIdent[]): Generator<TarMember> {
  const parents = new Set<string>();
  const sorted = [...idents].sort((a, b) => (formatIdent(a) < formatIdent(b) ? -1 : 1));
  for (const ident of sorted) {
    const name = `hab/pkgs/${formatIdent(ident)}`;
    for (const parent of parentsOf(name)) {
      if (parents.has(parent)) continue;
      parents.add(parent);
      yield directory(parent, PARENT_MODE);
    }
    yield* treeMembers(installPath(ident, root), name);
  }
}

/** Everything in a directory, and the directory. */
export function* treeMembers(path: string, name: string): Generator<TarMember> {
  const firstNames = new Map<string, string>();

  function* pack(source: string, member: string): Generator<TarMember> {
    const status = lstatSync(bytesOf(source));
    const mtimeSeconds = Math.floor(status.mtimeMs / 1000);
    if (status.isDirectory()) {
      // When entries came and went says nothing of the package.
      yield directory(member, groupLikeOwner(status.mode));
      const names = readdirSync(bytesOf(source), { encoding: "buffer" }).map((each) => byteString(each));
      for (const each of names.sort())
        if (member !== byteString(name) || !NOT_OF_THE_PACKAGE.has(each))
          yield* pack(`${source}/${each}`, `${member}/${each}`);
    } else if (status.isSymbolicLink()) {
      const link = byteString(readlinkSync(bytesOf(source), { encoding: "buffer" }));
      // Its time is that of its unpacking.
      yield { name: member, mode: 0o777, mtimeSeconds: 0, content: { link } };
    } else if (status.isFile()) {
      const common = { name: member, mode: status.mode & 0o777, mtimeSeconds };
      const first = firstNames.get(inode(status));
      if (first !== undefined) yield { ...common, content: { hardLink: first } };
      else yield { ...common, content: { file: source, bytes: status.size } };
      if (status.nlink > 1) firstNames.set(inode(status), member);
    } else
      throw new HabError(
        exportErrors.notWritten,
        `${displayText(source)} is neither a file, a directory nor a symlink`,
        {
          next: "Remove it from the package: there is no place for it in an archive.",
        },
      );
  }

  yield* pack(byteString(path), byteString(name));
}

/** A file made for the export. */
export function file(name: string, text: string | Uint8Array, mode = 0o644): TarMember {
  return {
    name: byteString(name),
    mode,
    mtimeSeconds: 0,
    content: typeof text === "string" ? Buffer.from(text) : text,
  };
}

export function directory(name: string, mode = 0o755): TarMember {
  return { name, mode, mtimeSeconds: 0, content: "directory" };
}

export function link(name: string, target: string): TarMember {
  return {
    name: byteString(name),
    mode: 0o777,
    mtimeSeconds: 0,
    content: { link: byteString(target) },
  };
}

/** `a`, `a/b` of `a/b/c`. */
export function parentsOf(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function groupLikeOwner(mode: number): number {
  return (mode & 0o707) | ((mode & 0o700) >> 3);
}

function inode(status: Stats): string {
  return `${status.dev}:${status.ino}`;
}
