// All files of one set of pages in one: how they lie in the program. Four bytes with the length of a table of contents
// (little-endian), the table as JSON, then the bytes of the files.
import { HabError } from "../../error/index.ts";
import { webErrors } from "../errors.ts";

export type PagesName = "depot" | "supervisor";

/** Where each set of pages is served: the depot's at the root, the Supervisor's beside what the original answers. */
export const BASES: Readonly<Record<PagesName, string>> = { depot: "", supervisor: "/ui" };

export type Encoding = "br" | "gzip" | "identity";

/** One file to be served. */
export interface PageFile {
  /** Name below `assets/`; holds a hash of the content, except the document's. */
  readonly name: string;
  readonly type: string;
  /** A hash of the content. */
  readonly tag: string;
  readonly bodies: ReadonlyMap<Encoding, Uint8Array<ArrayBuffer>>;
}

/** The file that every address of a page is answered with: all pages of a set are in its scripts. */
export const DOCUMENT = "index.html";

export interface PagesPack {
  readonly files: readonly PageFile[];
  /** Addresses of pages below the base: `/pkgs/:origin`. */
  readonly pages: readonly string[];
  /** Names of the scripts that the first view needs, before any page is chosen. */
  readonly firstScripts: readonly string[];
}

interface Contents {
  readonly pages: readonly string[];
  readonly firstScripts: readonly string[];
  readonly files: readonly {
    readonly name: string;
    readonly type: string;
    readonly tag: string;
    readonly bodies: readonly (readonly [Encoding, number, number])[];
  }[];
}

const LENGTH_BYTES = 4;

/** The pack as bytes; the same pack gives the same bytes. */
export function encodePack(pack: PagesPack): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  const files = pack.files.map(({ name, type, tag, bodies }) => ({
    name,
    type,
    tag,
    bodies: [...bodies].map(([encoding, bytes]) => {
      const place = [encoding, at, bytes.length] as const;
      pieces.push(bytes);
      at += bytes.length;
      return place;
    }),
  }));
  const contents: Contents = { pages: pack.pages, firstScripts: pack.firstScripts, files };
  const table = new TextEncoder().encode(JSON.stringify(contents));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, table.length, true);
  return Buffer.concat([length, table, ...pieces]);
}

/** Throws HAB-WEB-003 when the bytes are no pack. */
export function decodePack(bytes: Uint8Array<ArrayBuffer>): PagesPack {
  try {
    const tableLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const start = LENGTH_BYTES + tableLength;
    if (start > bytes.length) throw new RangeError("the table of contents is cut off");
    const table = JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, start))) as Contents;
    return {
      pages: table.pages,
      firstScripts: table.firstScripts,
      files: table.files.map(({ name, type, tag, bodies }) => ({
        name,
        type,
        tag,
        bodies: new Map(
          bodies.map(([encoding, at, length]) => {
            if (start + at + length > bytes.length) throw new RangeError(`${name} is cut off`);
            return [encoding, bytes.subarray(start + at, start + at + length)];
          }),
        ),
      })),
    };
  } catch (cause) {
    throw new HabError(webErrors.packMalformed, "The bundled pages cannot be read", { cause });
  }
}
