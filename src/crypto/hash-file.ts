// BLAKE2b-256 of a file, for which more is loaded than for what is in memory (docs/decisions/0003-blake2b.md).
import { open } from "node:fs/promises";
import { hasherFor } from "./blake2b-bulk.ts";

/** A piece takes about 1 ms to hash; from 256 KiB to 4 MiB the size made no difference to the whole. */
const READ_SIZE_BYTES = 1024 * 1024;

/** BLAKE2b-256 of a file, as hexadecimal digits. The next piece is read while one is hashed. Throws the system error. */
export async function hashFile(path: string | Buffer): Promise<string> {
  const file = await open(path, "r");
  try {
    const total = (await file.stat()).size;
    const size = Math.max(1, Math.min(READ_SIZE_BYTES, total + 1));
    const hasher = await hasherFor(total);
    let filling = Buffer.allocUnsafeSlow(size);
    let spare = Buffer.allocUnsafeSlow(size);
    let read = file.read(filling, 0, size, null);
    for (;;) {
      const { bytesRead } = await read;
      if (bytesRead === 0) return hasher.digestHex();
      const full = filling;
      filling = spare;
      spare = full;
      read = file.read(filling, 0, size, null);
      hasher.update(full.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
