// liblzma as WebAssembly: xz compression and decompression in pieces, with bounded memory, inside a sandbox, in the time of native
// liblzma (docs/decisions/0050-liblzma-built-here.md). Nothing is loaded before the first use.
import { readFileSync } from "node:fs";
import { HabError } from "../../error/index.ts";
import { adviseHugePages } from "../../host/index.ts";
import { packageErrors } from "../errors.ts";
import wasmPath from "./liblzma.wasm" with { type: "file" };

/** What script/build-liblzma has the module export; addresses and sizes are those of a 32-bit machine. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  lzma_code(stream: number, action: number): number;
  lzma_easy_encoder(stream: number, preset: number, check: number): number;
  lzma_stream_decoder(stream: number, memoryLimit: bigint, flags: number): number;
  lzma_stream_buffer_encode(
    filters: number,
    check: number,
    allocator: number,
    input: number,
    inputSize: number,
    output: number,
    outputPosition: number,
    outputSize: number,
  ): number;
}

const LZMA_OK = 0;
const LZMA_STREAM_END = 1;
const LZMA_MEM_ERROR = 5;
const LZMA_MEMLIMIT_ERROR = 6;
const LZMA_BUF_ERROR = 10;
const LZMA_RUN = 0;
const LZMA_FINISH = 3;
const LZMA_CHECK_CRC64 = 4;
/** The payload's BLAKE2b digest is checked already; the check inside xz would cost 5 % for nothing. */
const LZMA_IGNORE_CHECK = 0x10;

/** Offsets in `lzma_stream` on a 32-bit machine; its size is 136 bytes. */
const NEXT_IN = 0;
const AVAILABLE_IN = 4;
const NEXT_OUT = 16;
const AVAILABLE_OUT = 20;
const STREAM_SIZE_BYTES = 256;

/** Input is copied in by pieces of this size. */
const INPUT_SIZE_BYTES = 64 * 1024;

/** Dictionaries up to 128 MiB (twice that of `xz -9`) can be read; a header may claim far more. */
const DECODER_MEMORY_LIMIT_BYTES = 160n * 1024n * 1024n;

let compiled: WebAssembly.Module | undefined;

/** The module, for decoders on other threads: compiled, and made faster while it runs, only once. */
export function liblzmaModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(new Uint8Array(readFileSync(wasmPath)));
  return compiled;
}

function instantiate(module: WebAssembly.Module): Exports {
  return new WebAssembly.Instance(module).exports as unknown as Exports;
}

/** Memory inside the sandbox, as long as the instance lives. */
function allocate(lzma: Exports, bytes: number): number {
  const address = lzma.malloc(bytes);
  if (address === 0) throw failure(LZMA_MEM_ERROR);
  return address;
}

/** One xz stream on its way through liblzma. */
class Stream {
  readonly #lzma: Exports;
  readonly #start: (lzma: Exports, stream: number) => number;
  readonly #stream: number;
  readonly #input: number;
  readonly #output: number;
  readonly #outputSize: number;
  #view: DataView;
  #ended = false;

  constructor(
    module: WebAssembly.Module,
    outputSizeBytes: number,
    start: (lzma: Exports, stream: number) => number,
  ) {
    this.#lzma = instantiate(module);
    this.#start = start;
    this.#stream = allocate(this.#lzma, STREAM_SIZE_BYTES);
    this.#input = allocate(this.#lzma, INPUT_SIZE_BYTES);
    this.#output = allocate(this.#lzma, outputSizeBytes);
    this.#outputSize = outputSizeBytes;
    new Uint8Array(this.#lzma.memory.buffer, this.#stream, STREAM_SIZE_BYTES).fill(0);
    this.#view = new DataView(this.#lzma.memory.buffer);
    this.restart();
  }

  /** Begins a new stream; liblzma keeps the memory it has. */
  restart(): void {
    const result = this.#start(this.#lzma, this.#stream);
    if (result !== LZMA_OK) throw failure(result);
    this.#ended = false;
    this.#write(AVAILABLE_IN, 0);
    this.#emptyOutput();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** All that the sandbox holds. */
  get memory(): ArrayBuffer {
    return this.#lzma.memory.buffer;
  }

  /** Feeds `input`; yields full output buffers as views that are overwritten by the next step. */
  *run(input: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < input.length && !this.#ended; at += INPUT_SIZE_BYTES) {
      const piece = input.subarray(at, at + INPUT_SIZE_BYTES);
      new Uint8Array(this.#lzma.memory.buffer, this.#input, piece.length).set(piece);
      this.#write(NEXT_IN, this.#input);
      this.#write(AVAILABLE_IN, piece.length);
      while (!this.#ended && this.#read(AVAILABLE_IN) > 0) yield* this.#step(LZMA_RUN);
    }
  }

  /** Says that there is no more input; yields the rest. Throws when the stream is not complete. */
  *finish(): Generator<Uint8Array> {
    this.#write(AVAILABLE_IN, 0);
    while (!this.#ended) yield* this.#step(LZMA_FINISH);
  }

  /** What is in the output buffer although it is not full. */
  *#flush(): Generator<Uint8Array> {
    const length = this.#outputSize - this.#read(AVAILABLE_OUT);
    if (length > 0) yield new Uint8Array(this.#lzma.memory.buffer, this.#output, length);
    this.#emptyOutput();
  }

  *#step(action: number): Generator<Uint8Array> {
    const result = this.#lzma.lzma_code(this.#stream, action);
    if (result === LZMA_STREAM_END) this.#ended = true;
    // What came out before the damage is handed on: the archive may end in it (reference/packages.md §5.6).
    if (result !== LZMA_OK || this.#read(AVAILABLE_OUT) === 0) yield* this.#flush();
    if (result !== LZMA_OK && result !== LZMA_STREAM_END) throw failure(result);
  }

  #emptyOutput(): void {
    this.#write(NEXT_OUT, this.#output);
    this.#write(AVAILABLE_OUT, this.#outputSize);
  }

  #read(offset: number): number {
    return this.#memory().getUint32(this.#stream + offset, true);
  }

  #write(offset: number, value: number): void {
    this.#memory().setUint32(this.#stream + offset, value, true);
  }

  /** Growing the memory detaches every view of it. */
  #memory(): DataView {
    if (this.#view.buffer !== this.#lzma.memory.buffer) this.#view = new DataView(this.#lzma.memory.buffer);
    return this.#view;
  }
}

/** Reads one `.xz` stream. Throws HAB-PKG-020. */
export class XzDecoder {
  readonly #stream: Stream;

  constructor(outputSizeBytes: number, module = liblzmaModule()) {
    this.#stream = new Stream(module, outputSizeBytes, (lzma, stream) =>
      lzma.lzma_stream_decoder(stream, DECODER_MEMORY_LIMIT_BYTES, LZMA_IGNORE_CHECK),
    );
  }

  /** Begins another stream, whatever has become of the last: cheaper than another decoder. */
  restart(): void {
    this.#stream.restart();
  }

  /** Whether the stream is complete; input after its end is not looked at. */
  get ended(): boolean {
    return this.#stream.ended;
  }

  /** What the sandbox takes; it does not become less. */
  get memoryBytes(): number {
    return this.#stream.memory.byteLength;
  }

  /** Decodes a piece; what it yields is valid until the next step. The last part may wait for `finish`. */
  decode(input: Uint8Array): Generator<Uint8Array> {
    return this.#stream.run(input);
  }

  /** After the last piece: throws when the stream is cut. */
  finish(): Generator<Uint8Array> {
    return this.#stream.finish();
  }
}

/** Writes one `.xz` stream with CRC64 checks. */
export class XzEncoder {
  readonly #stream: Stream;

  /** `level` is 0 to 9 as of `xz`. */
  constructor(level: number, outputSizeBytes: number, module = liblzmaModule()) {
    this.#stream = new Stream(module, outputSizeBytes, (lzma, stream) =>
      lzma.lzma_easy_encoder(stream, level, LZMA_CHECK_CRC64),
    );
    // The tables of the match finder are made, but not yet touched: read all over, they take a fifth less time in large pages.
    adviseHugePages(this.#stream.memory);
  }

  /** Begins another stream of the same level: cheaper than another encoder. */
  restart(): void {
    this.#stream.restart();
  }

  encode(input: Uint8Array): Generator<Uint8Array> {
    return this.#stream.run(input);
  }

  finish(): Generator<Uint8Array> {
    return this.#stream.finish();
  }
}

/** What the levels 0 to 9 of `xz` mean (liblzma, lzma_encoder_presets.c): fast match finders up to 3, then binary trees. */
function presetOf(level: number): {
  dictionary: number;
  mode: number;
  nice: number;
  finder: number;
  depth: number;
} {
  const dictionary = 2 ** ([18, 20, 21, 22, 22, 23, 23, 24, 25, 26][level] ?? 23);
  if (level > 3)
    return { dictionary, mode: 2, nice: level === 4 ? 16 : level === 5 ? 32 : 64, finder: 0x14, depth: 0 };
  const depth = [4, 8, 24, 48][level] ?? 0;
  return { dictionary, mode: 1, nice: level < 2 ? 128 : 273, finder: level === 0 ? 0x03 : 0x04, depth };
}

const LZMA_FILTER_LZMA2 = 0x21;
const SMALLEST_DICTIONARY_BYTES = 4096;

/** Offsets in `lzma_options_lzma` on a 32-bit machine, and its size. */
const OPTIONS = {
  dictionary: 0,
  lc: 12,
  lp: 16,
  pb: 20,
  mode: 24,
  nice: 28,
  finder: 32,
  depth: 36,
  size: 256,
};

/**
 * A small stream at once, with a dictionary no larger than it: the result is as small, and tables for 8 MiB, which take 0.1 s to
 * make, are not needed. `level` is 0 to 9 as of `xz`.
 */
export function encodeSmallXz(data: Uint8Array, level: number): Uint8Array {
  const lzma = instantiate(liblzmaModule());
  const { dictionary, mode, nice, finder, depth } = presetOf(level);
  const fitting = 2 ** Math.ceil(Math.log2(Math.max(SMALLEST_DICTIONARY_BYTES, data.length)));
  // Data that does not compress grows by less than this (lzma_stream_buffer_bound).
  const room = data.length + (data.length >> 4) + 1024;
  const [filters, options, input, output] = [
    allocate(lzma, 32),
    allocate(lzma, OPTIONS.size),
    allocate(lzma, data.length + 1),
    allocate(lzma, room + 4),
  ];
  const view = new DataView(lzma.memory.buffer);
  new Uint8Array(lzma.memory.buffer, options, OPTIONS.size).fill(0);
  new Uint8Array(lzma.memory.buffer, input, data.length).set(data);
  view.setBigUint64(filters, BigInt(LZMA_FILTER_LZMA2), true);
  view.setUint32(filters + 8, options, true);
  view.setBigUint64(filters + 16, 0xffff_ffff_ffff_ffffn, true);
  const set = (offset: number, value: number) => view.setUint32(options + offset, value, true);
  set(OPTIONS.dictionary, Math.min(dictionary, fitting));
  set(OPTIONS.lc, 3);
  set(OPTIONS.lp, 0);
  set(OPTIONS.pb, 2);
  set(OPTIONS.mode, mode);
  set(OPTIONS.nice, nice);
  set(OPTIONS.finder, finder);
  set(OPTIONS.depth, depth);
  const written = output + room + ((4 - ((output + room) % 4)) % 4);
  new DataView(lzma.memory.buffer).setUint32(written, 0, true);
  const result = lzma.lzma_stream_buffer_encode(
    filters,
    LZMA_CHECK_CRC64,
    0,
    input,
    data.length,
    output,
    written,
    room,
  );
  if (result !== LZMA_OK) throw failure(result);
  return new Uint8Array(
    lzma.memory.buffer,
    output,
    new DataView(lzma.memory.buffer).getUint32(written, true),
  ).slice();
}

function failure(result: number): HabError {
  if (result === LZMA_BUF_ERROR)
    return new HabError(packageErrors.corruptPayload, "the compressed payload ends too early");
  if (result === LZMA_MEMLIMIT_ERROR || result === LZMA_MEM_ERROR)
    return new HabError(packageErrors.corruptPayload, "the compressed payload asks for too much memory", {
      next: "Build the package with a compression level of at most 9.",
    });
  return new HabError(packageErrors.corruptPayload, "the payload is not an xz stream, or is damaged");
}
