// Unpacks Debian packages into one tree, laid out as Debian's merged /usr with that in front taken away: `bin`, `lib`,
// `share`. Nothing is written outside of it, nobody gets rights in it but its owner, and what no program reads is left out.
import { lstatSync, mkdirSync } from "node:fs";
import { describeError, HabError } from "../../error/index.ts";
import {
  type MemberNames,
  MemberPaths,
  packageErrors,
  type TarEntry,
  type TarVisitor,
  Unpacker,
} from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import { visitFiles } from "./deb.ts";

/** For people and for tools of Debian; a service reads none of it. */
const DOCUMENTATION = new Set(
  ["doc", "man", "info", "lintian", "bug", "bash-completion", "locale"].map((each) => `share/${each}`),
);

/**
 * Unpacks the packages, in their order, into `directory`, which is made. `also` is told of every member as it is.
 * Throws HAB-BLD-099 or the system error.
 */
export async function unpackDebs(
  paths: readonly string[],
  directory: string,
  also?: TarVisitor,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const names = new MergedUsr();
  const unpacker = new Unpacker(directory, names);
  const visitor: TarVisitor = {
    begin: (entry) => {
      also?.begin(entry);
      unpacker.begin({ ...entry, mode: ownMode(entry) });
    },
    data: (piece) => {
      also?.data(piece);
      unpacker.data(piece);
    },
    end: () => {
      also?.end();
      unpacker.end();
    },
  };
  try {
    for (const path of paths) await visit(path, visitor);
    unpacker.finish();
  } finally {
    unpacker.abandon();
  }
}

async function visit(path: string, visitor: TarVisitor): Promise<void> {
  try {
    await visitFiles(path, visitor);
  } catch (error) {
    if (!(error instanceof HabError) || error.kind.code !== packageErrors.hostileArchive.code) throw error;
    throw new HabError(buildErrors.debBroken, `${path}: ${describeError(error)}`, { cause: error });
  }
}

/** Setuid, setgid and sticky bits go, and so does what would let others write; the owner can always clean up. */
function ownMode({ mode, kind }: TarEntry): number {
  return (mode & 0o755) | (kind === "directory" ? 0o700 : 0o200);
}

/** Whether a path of Debian, without `usr`, is documentation that is left out. */
export function isDocumentation(path: string): boolean {
  const [first = "", second = ""] = path.split("/");
  return DOCUMENTATION.has(`${first}/${second}`);
}

/** A path of Debian without the slash in front and without `usr`. */
export function canonicalPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return (parts[0] === "usr" ? parts.slice(1) : parts).join("/");
}

class MergedUsr implements MemberNames {
  readonly #all = new MemberPaths([]);

  ofMember(entry: TarEntry): string | undefined {
    return this.#place(this.#all.ofMember(entry));
  }

  inside(name: string, entry: TarEntry): string | undefined {
    return this.#place(this.#all.inside(name, entry));
  }

  #place(path: string | undefined): string | undefined {
    const canonical = path === undefined ? undefined : canonicalPath(path);
    return canonical === undefined || isDocumentation(canonical) ? undefined : canonical;
  }
}

/** Whether there is something, be it a link to nowhere. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
