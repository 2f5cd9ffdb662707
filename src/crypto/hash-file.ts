// BLAKE2b-256 of a file, for which more is loaded than for what is in memory (docs/decisions/0003-blake2b.md).
import { closeSync, fstatSync, open, read } from "node:fs";
import { hasherFor } from "./blake2b-bulk.ts";

/** A piece takes about 1 ms to hash; from 256 KiB to 4 MiB the size made no difference to the whole. */
const READ_SIZE_BYTES = 1024 * 1024;

/** BLAKE2b-256 of a file, as hexadecimal digits. The next piece is read while one is hashed. Throws the system error. */
export async function hashFile(path: string | Buffer): Promise<string> {
  const file = await opened(path);
  let reading: Promise<number> | undefined;
  try {
    const total = fstatSync(file).size;
    const size = Math.max(1, Math.min(READ_SIZE_BYTES, total + 1));
    const hasher = await hasherFor(total);
    let filling = Buffer.allocUnsafeSlow(size);
    let spare = Buffer.allocUnsafeSlow(size);
    reading = readPiece(file, filling);
    for (;;) {
      const bytesRead = await reading;
      if (bytesRead === 0) return hasher.digestHex();
      const full = filling;
      filling = spare;
      spare = full;
      reading = readPiece(file, filling);
      hasher.update(full.subarray(0, bytesRead));
    }
  } finally {
    // Its number may be another file's when it is closed.
    await reading?.catch(() => 0);
    closeSync(file);
  }
}

// On another thread, by callbacks: the promises of node take a millisecond to load.

function opened(path: string | Buffer): Promise<number> {
  return new Promise((resolve, reject) =>
    open(path, "r", (error, file) => (error ? reject(error) : resolve(file))),
  );
}

function readPiece(file: number, piece: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) =>
    read(file, piece, 0, piece.length, null, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead),
    ),
  );
}
