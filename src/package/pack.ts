// Makes a hart of a release directory: deterministic tar, xz, signature (reference/packages.md §5.6).
import { writeSync } from "node:fs";
import { relative, sep } from "node:path";
import { Blake2b256, type SecretKey } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { writeFileUnnamed } from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import { hartHeader, hartHeaderLength, writeAll } from "./hart.ts";

/** As `xz -6`, the original's default (`HAB_HART_COMPRESSION_LEVEL`). */
export const DEFAULT_COMPRESSION_LEVEL = 6;

export interface PackOptions {
  /** The release directory. */
  readonly directory: string;
  /** What its names in the archive leave out: `/` makes `hab/pkgs/…` of `/hab/pkgs/…`. */
  readonly root?: string;
  readonly key: SecretKey<"origin-secret">;
  /** 0 to 9. */
  readonly compressionLevel?: number;
  /** Modification time of all members. */
  readonly epochSeconds: number;
  /** Files directly in the directory that are not there yet. */
  readonly added?: ReadonlyMap<string, Uint8Array>;
  /** Ends the work; it then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Loads what packing needs, for whoever will pack in a moment. */
export async function prepareToPack(): Promise<void> {
  await Promise.all([import("./xz/encode.ts"), import("./tar/writer.ts")]);
}

/**
 * Packs, compresses and signs into `destination`, which appears as a whole or not at all. The same directory makes the same hart.
 * Throws HAB-PKG-028 and system errors (a full disk).
 */
export async function writeArchive(options: PackOptions & { readonly destination: string }): Promise<void> {
  await writeFileUnnamed(options.destination, 0o644, (hart) => fillArchive(hart, options));
}

/** As `writeArchive`, into an empty file that is open. */
export async function fillArchive(hart: number, options: PackOptions): Promise<void> {
  const {
    directory,
    root = "/",
    key,
    compressionLevel = DEFAULT_COMPRESSION_LEVEL,
    epochSeconds,
    added,
    signal,
  } = options;
  const name = relative(root, directory).split(sep).join("/");
  if (name === "" || name.startsWith(".."))
    throw new HabError(packageErrors.unpackable, `${directory} is not below ${root}`);
  const [{ tarPieces }, { encodeXz }] = await Promise.all([
    import("./tar/writer.ts"),
    import("./xz/encode.ts"),
  ]);
  // Any digest makes a header of the same length: the payload goes behind it, and then the header is known.
  const headerLength = hartHeaderLength(key);
  const hasher = new Blake2b256();
  writeAll(hart, new Uint8Array(headerLength));
  const source = { directory, name, epochSeconds, ...(added && { added }) };
  for await (const piece of encodeXz(tarPieces(source), compressionLevel)) {
    signal?.throwIfAborted();
    hasher.update(piece);
    writeAll(hart, piece);
  }
  const header = await hartHeader(hasher.digestHex(), key);
  if (header.length !== headerLength) throw new Error("the header of a hart has no fixed length");
  writeSync(hart, header, 0, headerLength, 0);
}
