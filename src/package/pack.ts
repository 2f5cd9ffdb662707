// Makes a hart of a release directory: deterministic tar, xz, signature (reference/packages.md §5.6).
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { Blake2b256, type SecretKey } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { removeIfPresent, syncDirectory, temporaryPathFor } from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import { hartHeader, hashRest, withFile, writeAll } from "./hart.ts";

/** As `xz -6`, the original's default (`HAB_HART_COMPRESSION_LEVEL`). */
export const DEFAULT_COMPRESSION_LEVEL = 6;

export interface PackOptions {
  /** The release directory. */
  readonly directory: string;
  /** What its names in the archive leave out: `/` makes `hab/pkgs/…` of `/hab/pkgs/…`. */
  readonly root?: string;
  /** The hart to write; appears as a whole or not at all. */
  readonly destination: string;
  readonly key: SecretKey<"origin-secret">;
  /** 0 to 9. */
  readonly compressionLevel?: number;
  /** Modification time of all members. */
  readonly epochSeconds: number;
}

/** Packs, compresses and signs. The same directory makes the same hart. Throws HAB-PKG-028 and system errors (a full disk). */
export async function writeArchive(options: PackOptions): Promise<void> {
  const {
    directory,
    root = "/",
    destination,
    key,
    compressionLevel = DEFAULT_COMPRESSION_LEVEL,
    epochSeconds,
  } = options;
  const name = relative(root, directory).split(sep).join("/");
  if (name === "" || name.startsWith(".."))
    throw new HabError(packageErrors.unpackable, `${directory} is not below ${root}`);
  const payload = temporaryPathFor(destination);
  const signed = temporaryPathFor(destination);
  try {
    const digest = await writePayload(payload, { directory, name, epochSeconds }, compressionLevel);
    const hart = openSync(signed, "wx", 0o600);
    try {
      writeAll(hart, hartHeader(digest, key));
      await withFile(payload, (fd) => hashRest(fd, 0, hart));
      fchmodSync(hart, 0o644);
      fsyncSync(hart);
    } finally {
      closeSync(hart);
    }
    renameSync(signed, destination);
    syncDirectory(dirname(destination));
  } finally {
    removeIfPresent(payload);
    removeIfPresent(signed);
  }
}

async function writePayload(
  path: string,
  source: { directory: string; name: string; epochSeconds: number },
  level: number,
): Promise<string> {
  const [{ tarPieces }, { encodeXz }] = await Promise.all([
    import("./tar/writer.ts"),
    import("./xz/encode.ts"),
  ]);
  const hasher = new Blake2b256();
  await withFile(
    path,
    async (fd) => {
      for await (const piece of encodeXz(tarPieces(source), level)) {
        hasher.update(piece);
        writeAll(fd, piece);
      }
    },
    "wx",
  );
  return hasher.digestHex();
}
