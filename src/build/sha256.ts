// SHA-256 of a file, for checksums of sources and subjects of statements.
import { createReadStream } from "node:fs";

/** Hexadecimal. The file is read piece by piece. Throws the system error. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(piece as Buffer);
  return hash.digest("hex");
}
