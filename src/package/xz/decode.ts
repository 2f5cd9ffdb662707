// Decompressing a payload: small ones here, large ones on a thread, those in several blocks on several. Memory is bounded
// whatever the payload claims.
import { readSync } from "node:fs";
import { type DecodeJob, type FilePart, PIECE_SIZE_BYTES } from "../thread/job.ts";
import { Thread, usefulThreads } from "../thread/thread.ts";
import { closingFrame, FRAME_SIZE_BYTES, findBlocks, type XzBlock } from "./container.ts";
import { liblzmaModule, XzDecoder } from "./liblzma.ts";

/** Below this a thread costs more than it saves. */
const SMALL_SIZE_BYTES = 128 * 1024;

/** Pieces decoded ahead of the one being used, over all threads: blocks of `xz -6` (24 MiB) fit whole on two threads. */
const PIECES_AHEAD = (48 * 1024 * 1024) / PIECE_SIZE_BYTES;

/**
 * At some 100 MB/s each, more than any disk takes. Together with PIECES_AHEAD this bounds the memory of an install: 8 times
 * the decoder's limit and 48 MiB; for harts of `xz -6` 8 times 9 MiB and 48 MiB.
 */
const MOST_THREADS = 8;

/** Output of a step on the caller's thread, which has other things to do in between. */
const STEP_SIZE_BYTES = 128 * 1024;

/** A block costs a decoder of its own: on average they must be worth it, or a million empty ones would take for ever. */
const LEAST_BLOCK_BYTES = 64 * 1024;

const NOTHING = new Uint8Array(0);

/**
 * Decompresses the xz stream that begins at `part.offset`. Only one stream is read and nothing behind it is looked at
 * (reference/packages.md §5.6). Pieces are valid until the next is asked for. Throws HAB-PKG-020; stop early with `return()`.
 */
export async function* decodeXz(part: FilePart): AsyncGenerator<Uint8Array> {
  if (part.length <= SMALL_SIZE_BYTES) {
    yield* decodeHere(part);
    return;
  }
  const readAt = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(part.fd, bytes, 0, length, part.offset + offset));
  };
  const blocks = findBlocks(part.length, readAt) ?? [];
  const header = readAt(0, FRAME_SIZE_BYTES);
  const whole: DecodeJob = {
    kind: "decode",
    part,
    before: NOTHING,
    after: NOTHING,
    piecesAhead: 8,
    liblzma: liblzmaModule(),
  };
  const jobs: DecodeJob[] =
    blocks.length > 1 && part.length / blocks.length >= LEAST_BLOCK_BYTES
      ? blocks.map((block) => blockJob(whole, header, block))
      : [whole];
  yield* decodeOnThreads(part, jobs);
}

/** A block with a frame of its own is a stream that any decoder takes. */
function blockJob(whole: DecodeJob, header: Uint8Array, block: XzBlock): DecodeJob {
  const { part } = whole;
  return {
    ...whole,
    part: { fd: part.fd, offset: part.offset + block.offset, length: block.length },
    before: header,
    after: closingFrame(header, [block]),
    piecesAhead: PIECES_AHEAD,
  };
}

async function* decodeOnThreads(part: FilePart, jobs: readonly DecodeJob[]): AsyncGenerator<Uint8Array> {
  const count = usefulThreads(jobs.length, MOST_THREADS);
  const started = await Promise.all(Array.from({ length: count }, () => Thread.start()));
  const threads = started.filter((thread) => thread !== undefined);
  try {
    if (threads.length === 0) {
      yield* decodeHere(part);
      return;
    }
    const piecesAhead = Math.max(4, Math.floor(PIECES_AHEAD / threads.length));
    const running: AsyncGenerator<Uint8Array>[] = [];
    let next = 0;
    const startNext = (thread: Thread | undefined): void => {
      const job = jobs[next];
      if (job === undefined || thread === undefined) return;
      next++;
      running.push(thread.run({ ...job, piecesAhead: Math.min(job.piecesAhead, piecesAhead) }));
    };
    for (const thread of threads) startNext(thread);
    // Blocks come out in order: a thread whose block is not yet due decodes ahead and then waits.
    for (let block = 0; block < jobs.length; block++) {
      yield* running[block] as AsyncGenerator<Uint8Array>;
      startNext(threads[block % threads.length]);
    }
  } finally {
    for (const thread of threads) thread.stop();
  }
}

/** Lets timers and sockets have their turn between pieces. */
async function* decodeHere(part: FilePart): AsyncGenerator<Uint8Array> {
  for (const piece of decodeStart(part)) {
    yield piece;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** As `decodeXz` on this thread and without a pause: for whoever needs the first few bytes only. */
export function* decodeStart(part: FilePart): Generator<Uint8Array> {
  const decoder = new XzDecoder(STEP_SIZE_BYTES);
  const buffer = new Uint8Array(Math.min(STEP_SIZE_BYTES, part.length));
  for (let at = 0; at < part.length && !decoder.ended; ) {
    const wanted = Math.min(buffer.length, part.length - at);
    const read = readSync(part.fd, buffer, 0, wanted, part.offset + at);
    if (read === 0) break;
    at += read;
    yield* decoder.decode(buffer.subarray(0, read));
  }
  yield* decoder.finish();
}
