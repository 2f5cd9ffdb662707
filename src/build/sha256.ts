// Digests of files: SHA-256 for checksums of sources and subjects of statements, both kinds for the report of a build. Read
// with plain calls: the streams of node take longer to load than a small file to hash.
import { closeSync, openSync, readSync } from "node:fs";
import { Blake2b256 } from "../crypto/index.ts";

/** A piece takes about 1 ms to hash; between two of them others have their turn. */
const PIECE_SIZE_BYTES = 1024 * 1024;

/** SHA-256, hexadecimal. The file is read piece by piece. Throws the system error. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  await readPieces(path, (piece) => hash.update(piece));
  return hash.digest("hex");
}

/** SHA-256 and BLAKE2b-256 of a file, read once. Throws the system error. */
export async function digestsOfFile(path: string): Promise<[sha256: string, blake2b: string]> {
  const sha256 = new Bun.CryptoHasher("sha256");
  const blake2b = new Blake2b256();
  await readPieces(path, (piece) => {
    sha256.update(piece);
    blake2b.update(piece);
  });
  return [sha256.digest("hex"), blake2b.digestHex()];
}

/** Each piece is valid until the next. */
async function readPieces(path: string, take: (piece: Uint8Array) => void): Promise<void> {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(PIECE_SIZE_BYTES);
    for (;;) {
      const read = readSync(file, buffer, 0, buffer.length, null);
      if (read === 0) return;
      take(buffer.subarray(0, read));
      if (read === buffer.length) await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    closeSync(file);
  }
}
