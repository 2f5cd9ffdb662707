// Members as a compressed archive, in pieces. The compressor works on a thread of its own, so several archives can be written
// at a time.
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { type TarMember, tarMemberPieces } from "../package/index.ts";

/** As `gzip` does without an option: more takes half as long again for the last two per cent. */
const COMPRESSION_LEVEL = 6;

/** A piece costs a turn of the compressor's thread, so small ones (headers, small files) go on together. */
const PIECE_BYTES = 256 * 1024;

/** The same members make the same bytes. `onPiece` sees the archive before it is compressed. */
export async function* gzipped(
  members: Iterable<TarMember>,
  signal: AbortSignal,
  onPiece: (piece: Uint8Array) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: COMPRESSION_LEVEL, chunkSize: PIECE_BYTES });
  const input = Readable.from(batches(tarMemberPieces(members), onPiece));
  input.on("error", (error) => gzip.destroy(error));
  for await (const piece of input.pipe(gzip)) {
    signal.throwIfAborted();
    yield piece;
  }
}

/** Copies: each piece is valid only until the next, and the compressor is still at work on it then. */
function* batches(pieces: Iterable<Uint8Array>, onPiece: (piece: Uint8Array) => void): Generator<Buffer> {
  let held = Buffer.allocUnsafe(PIECE_BYTES);
  let heldBytes = 0;
  for (const piece of pieces) {
    onPiece(piece);
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(piece.length - at, PIECE_BYTES - heldBytes);
      held.set(piece.subarray(at, at + taken), heldBytes);
      heldBytes += taken;
      at += taken;
      if (heldBytes < PIECE_BYTES) continue;
      yield held;
      held = Buffer.allocUnsafe(PIECE_BYTES);
      heldBytes = 0;
    }
  }
  if (heldBytes > 0) yield held.subarray(0, heldBytes);
}
