// What the authors and the licences of Debian packages say: whoever passes a package on has to pass these on too. They are the
// one thing that is kept of the documentation (Debian Policy §12.5).
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { TarVisitor } from "../../package/index.ts";
import { visitFiles } from "./deb.ts";
import { canonicalPath } from "./unpack.ts";

/** A real copyright file has some kB, that of a browser 2 MB. */
const LARGEST_TEXT_BYTES = 16 * 1024 * 1024;
const COMMON = "share/common-licenses";

/** Texts and links found in .deb files, by path of Debian without `usr`. */
export class Texts implements TarVisitor {
  readonly files = new Map<string, Buffer>();
  readonly links = new Map<string, string>();
  readonly #isWanted: (path: string) => boolean;
  #current: { readonly path: string; readonly pieces: Buffer[] } | undefined;

  constructor(isWanted: (path: string) => boolean) {
    this.#isWanted = isWanted;
  }

  begin: TarVisitor["begin"] = (entry) => {
    const path = canonicalPath(entry.path);
    this.#current = undefined;
    if (!this.#isWanted(path)) return;
    if (entry.kind === "symlink") this.links.set(path, entry.link);
    else if (entry.kind === "file" && entry.size <= LARGEST_TEXT_BYTES) this.#current = { path, pieces: [] };
  };

  data: TarVisitor["data"] = (piece) => {
    this.#current?.pieces.push(Buffer.from(piece));
  };

  end: TarVisitor["end"] = () => {
    if (this.#current !== undefined) this.files.set(this.#current.path, Buffer.concat(this.#current.pieces));
    this.#current = undefined;
  };

  /** A file by its path, through links. */
  read(path: string): Buffer | undefined {
    for (let at = path, depth = 0; depth < 8; depth++) {
      const found = this.files.get(at);
      const link = this.links.get(at);
      if (found !== undefined || link === undefined) return found;
      at = canonicalPath(join("/", dirname(at), link));
    }
    return undefined;
  }
}

/** Whether a path is a copyright file, or the link that stands in the place of its directory. */
export function isCopyright(path: string): boolean {
  return /^share\/doc\/[^/]+(?:\/copyright)?$/.test(path);
}

/**
 * Writes the copyright files of these packages below `directory`, with the texts of the licences that they point to. `found`:
 * what they hold themselves; `fetch` gets another package's .deb, undefined where there is none. Says which have none.
 */
export async function keepLicences(
  names: readonly string[],
  found: Texts,
  directory: string,
  fetch: (name: string) => Promise<string | undefined>,
): Promise<string[]> {
  const without: string[] = [];
  const mentioned = new Set<string>();
  for (const name of names) {
    const text = found.read(`share/doc/${name}/copyright`) ?? (await linkedCopyright(name, found, fetch));
    if (text === undefined) {
      without.push(name);
      continue;
    }
    write(join(directory, `share/doc/${name}/copyright`), text);
    for (const [, licence = ""] of text
      .toString("latin1")
      .matchAll(/\/usr\/share\/common-licenses\/([A-Za-z]+(?:-[0-9]+(?:\.[0-9]+)*)?)/g))
      mentioned.add(licence);
  }
  if (mentioned.size === 0) return without;
  const common = await textsOf(await fetch("base-files"), (path) => path.startsWith(`${COMMON}/`));
  for (const licence of [...mentioned].sort()) {
    const text = common.read(`${COMMON}/${licence}`);
    if (text !== undefined) write(join(directory, COMMON, licence), text);
  }
  return without;
}

/** Packages of one source often have one copyright file: the others link to the directory of the one that has it. */
async function linkedCopyright(
  name: string,
  found: Texts,
  fetch: (name: string) => Promise<string | undefined>,
): Promise<Buffer | undefined> {
  const link = found.links.get(`share/doc/${name}`);
  if (link === undefined) return undefined;
  const owner = basename(link);
  const wanted = `share/doc/${owner}/copyright`;
  return found.read(wanted) ?? (await textsOf(await fetch(owner), isCopyright)).read(wanted);
}

async function textsOf(deb: string | undefined, isWanted: (path: string) => boolean): Promise<Texts> {
  const texts = new Texts(isWanted);
  if (deb !== undefined) await visitFiles(deb, texts);
  return texts;
}

function write(path: string, text: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
