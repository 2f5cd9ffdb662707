// Compressing into one `.xz` stream of several blocks, on several threads. The blocks are cut by size alone, so the result
// does not depend on the machine, and whoever unpacks can use several threads too.
import { HabError } from "../../error/index.ts";
import { packageErrors } from "../errors.ts";
import { PIECE_SIZE_BYTES } from "../thread/job.ts";
import { Thread, usefulThreads } from "../thread/thread.ts";
import { closingFrame, FRAME_SIZE_BYTES, type IndexRecord, onlyBlock } from "./container.ts";
import { encodeSmallXz, liblzmaModule, XzEncoder } from "./liblzma.ts";

/** As `xz -6 -T0`: three times the dictionary. Smaller ones would cost ratio, larger ones memory when unpacking. */
const BLOCK_SIZE_BYTES = 24 * 1024 * 1024;

/** What is no larger is compressed at once: a thread and the tables of a whole block would take longer than the work. */
const SMALL_SIZE_BYTES = 512 * 1024;

/** Each encoder takes up to 190 MiB. */
const MOST_THREADS = 4;

/** Compresses `pieces` (each used before the next is taken) and yields the stream. `preset` is one of `xz`. */
export async function* encodeBlocks(
  pieces: Iterable<Uint8Array>,
  preset: number,
): AsyncGenerator<Uint8Array> {
  const compressors = new Compressors(preset);
  const records: IndexRecord[] = [];
  let header: Uint8Array | undefined;
  const finished = async function* (stream: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
    const bytes = await stream;
    const block = onlyBlock(bytes);
    if (header === undefined) {
      header = bytes.slice(0, FRAME_SIZE_BYTES);
      yield header;
    }
    if (block === undefined) throw new HabError(packageErrors.corruptPayload, "the encoder made no xz block");
    records.push(block.record);
    yield block.block;
  };
  try {
    const running: Promise<Uint8Array>[] = [];
    for (const block of blocksOf(pieces)) {
      if (running.length === 0 && header === undefined && block.length <= SMALL_SIZE_BYTES) {
        yield encodeSmallXz(block, preset);
        return;
      }
      if (running.length >= compressors.count) yield* finished(running.shift() as Promise<Uint8Array>);
      const stream = compressors.compress(block);
      // Whoever awaits it later gets the error; until then it must not count as unhandled.
      stream.catch(() => undefined);
      running.push(stream);
    }
    for (const stream of running) yield* finished(stream);
    if (header !== undefined) yield closingFrame(header, records);
  } finally {
    await compressors.stop();
  }
}

/** Cuts the data into blocks. */
function* blocksOf(pieces: Iterable<Uint8Array>): Generator<Uint8Array<ArrayBuffer>> {
  let block = new Uint8Array(BLOCK_SIZE_BYTES);
  let filled = 0;
  for (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + BLOCK_SIZE_BYTES - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === BLOCK_SIZE_BYTES) {
        yield block;
        block = new Uint8Array(BLOCK_SIZE_BYTES);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.slice(0, filled);
}

/** Threads that compress a block each; started when there is work, in turn. */
class Compressors {
  readonly count = usefulThreads(Number.POSITIVE_INFINITY, MOST_THREADS);
  readonly #preset: number;
  readonly #threads: Promise<Thread | undefined>[] = [];
  /** The last job of each thread: a thread takes one at a time. */
  readonly #busy: Promise<unknown>[] = [];
  #next = 0;

  constructor(preset: number) {
    this.#preset = preset;
  }

  async compress(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const turn = this.#next++ % this.count;
    this.#threads[turn] ??= Thread.start();
    const before = this.#busy[turn];
    const job = (async () => {
      await before;
      const thread = await this.#threads[turn];
      const results =
        thread?.run({ kind: "encode", level: this.#preset, data, liblzma: liblzmaModule() }) ??
        encodeHere(data, this.#preset);
      const parts: Uint8Array[] = [];
      for await (const part of results) parts.push(part);
      return Buffer.concat(parts);
    })();
    this.#busy[turn] = job.catch(() => undefined);
    return job;
  }

  async stop(): Promise<void> {
    for (const thread of await Promise.all(this.#threads)) thread?.stop();
  }
}

async function* encodeHere(data: Uint8Array, preset: number): AsyncGenerator<Uint8Array> {
  const encoder = new XzEncoder(preset, PIECE_SIZE_BYTES);
  for (let at = 0; at < data.length; at += PIECE_SIZE_BYTES / 4) {
    for (const part of encoder.encode(data.subarray(at, at + PIECE_SIZE_BYTES / 4))) yield part.slice();
    await new Promise((resolve) => setImmediate(resolve));
  }
  for (const part of encoder.finish()) yield part.slice();
}
