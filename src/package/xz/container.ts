// The frame around the blocks of an `.xz` stream: header, index, footer (the .xz file format 1.1.0). Knowing where blocks
// begin lets several be decoded, or written, side by side.

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const FOOTER_MAGIC = [0x59, 0x5a];
/** Stream header and footer are this long each. */
export const FRAME_SIZE_BYTES = 12;
/** Index of a stream of 4 GiB in blocks of 1 MiB is 32 KiB; longer ones are left to the sequential decoder. */
const LARGEST_INDEX_BYTES = 1024 * 1024;

/** Bits of a block's flags: its header states the compressed and the uncompressed size. */
const HAS_SIZES = 0xc0;

/** Length of a block's check by its identifier: none, CRC32, CRC64, SHA-256. */
const CHECK_SIZES_BYTES: Readonly<Record<number, number>> = { 0: 0, 1: 4, 4: 8, 10: 32 };

/** One record of the index. */
export interface IndexRecord {
  /** Length without the padding to a multiple of four. */
  readonly unpaddedSize: number;
  readonly uncompressedSize: number;
}

/** A block's place in the stream. */
export interface XzBlock extends IndexRecord {
  readonly offset: number;
  /** With padding. */
  readonly length: number;
}

/** Reads `length` bytes at `offset` of the stream. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

/**
 * Where the blocks of a stream of `size` bytes are, from its index. Undefined when header, footer and index do not
 * agree with each other and the size: then only reading from the front can tell what it is.
 */
export function findBlocks(size: number, readAt: ReadAt): XzBlock[] | undefined {
  if (size < 2 * FRAME_SIZE_BYTES + 8 || size % 4 !== 0) return undefined;
  const header = readAt(0, FRAME_SIZE_BYTES);
  const footer = readAt(size - FRAME_SIZE_BYTES, FRAME_SIZE_BYTES);
  if (!startsWith(header, MAGIC) || !startsWith(footer.subarray(10), FOOTER_MAGIC)) return undefined;
  if (header[6] !== footer[8] || header[7] !== footer[9]) return undefined;
  if (Bun.hash.crc32(footer.subarray(4, 10)) !== uint32(footer, 0)) return undefined;
  const indexSize = (uint32(footer, 4) + 1) * 4;
  const indexOffset = size - FRAME_SIZE_BYTES - indexSize;
  if (indexSize > LARGEST_INDEX_BYTES || indexOffset < FRAME_SIZE_BYTES) return undefined;
  const records = parseIndex(readAt(indexOffset, indexSize));
  if (records === undefined) return undefined;
  const blocks: XzBlock[] = [];
  let offset = FRAME_SIZE_BYTES;
  for (const { unpaddedSize, uncompressedSize } of records) {
    const length = paddedTo4(unpaddedSize);
    blocks.push({ offset, length, unpaddedSize, uncompressedSize });
    offset += length;
  }
  return offset === indexOffset ? blocks : undefined;
}

function parseIndex(index: Uint8Array): IndexRecord[] | undefined {
  const end = index.length - 4;
  if (index[0] !== 0 || Bun.hash.crc32(index.subarray(0, end)) !== uint32(index, end)) return undefined;
  let at = 1;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 8; shift++) {
      const byte = index[at++];
      if (byte === undefined || at > end) return Number.NaN;
      value += (byte & 0x7f) * 128 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  const count = next();
  // Every record takes two bytes or more, so a count that lies is found before anything is made of it.
  if (!(count * 2 <= end)) return undefined;
  const records: IndexRecord[] = [];
  for (let i = 0; i < count; i++) {
    const record = { unpaddedSize: next(), uncompressedSize: next() };
    if (!Number.isSafeInteger(record.unpaddedSize) || !Number.isSafeInteger(record.uncompressedSize))
      return undefined;
    records.push(record);
  }
  return end - at < 4 && index.subarray(at, end).every((byte) => byte === 0) ? records : undefined;
}

/** Index and footer that close a stream of these blocks. `header` is the stream's header. */
export function closingFrame(header: Uint8Array, records: readonly IndexRecord[]): Uint8Array {
  const bytes: number[] = [0, ...variableInteger(records.length)];
  for (const { unpaddedSize, uncompressedSize } of records)
    bytes.push(...variableInteger(unpaddedSize), ...variableInteger(uncompressedSize));
  while (bytes.length % 4 !== 0) bytes.push(0);
  const index = Uint8Array.from(bytes);
  const fields = new Uint8Array(6);
  new DataView(fields.buffer).setUint32(0, (index.length + 4) / 4 - 1, true);
  fields.set(header.subarray(6, 8), 4);
  return Buffer.concat([
    index,
    littleEndian32(Bun.hash.crc32(index)),
    littleEndian32(Bun.hash.crc32(fields)),
    fields,
    Uint8Array.from(FOOTER_MAGIC),
  ]);
}

/**
 * The one block of a complete stream, with its sizes written into its header: without them `xz -T0`, and the original, can
 * decode only one block at a time. Undefined when the stream is something else than one block of known filters.
 */
export function onlyBlock(stream: Uint8Array): { record: IndexRecord; block: Uint8Array } | undefined {
  const indexSize = (uint32(stream, stream.length - 8) + 1) * 4;
  const end = stream.length - FRAME_SIZE_BYTES - indexSize;
  const records = parseIndex(stream.subarray(end, end + indexSize));
  const [record] = records ?? [];
  if (record === undefined || records?.length !== 1) return undefined;
  const headerSize = ((stream[FRAME_SIZE_BYTES] as number) + 1) * 4;
  const header = stream.subarray(FRAME_SIZE_BYTES, FRAME_SIZE_BYTES + headerSize);
  const flags = header[1] as number;
  if ((flags & HAS_SIZES) !== 0) return undefined;
  const body = stream.subarray(FRAME_SIZE_BYTES + headerSize, end);
  const checkSize = CHECK_SIZES_BYTES[(stream[7] as number) & 0x0f] ?? 0;
  const compressedSize = record.unpaddedSize - headerSize - checkSize;
  const fields = [
    flags | HAS_SIZES,
    ...variableInteger(compressedSize),
    ...variableInteger(record.uncompressedSize),
    // Filters and padding of the old header; its checksum is made anew.
    ...header.subarray(2, headerSize - 4),
  ];
  while ((fields.length + 1) % 4 !== 0) fields.push(0);
  const newHeader = Uint8Array.of((fields.length + 5) / 4 - 1, ...fields);
  return {
    record: {
      unpaddedSize: record.unpaddedSize - headerSize + newHeader.length + 4,
      uncompressedSize: record.uncompressedSize,
    },
    block: Buffer.concat([newHeader, littleEndian32(Bun.hash.crc32(newHeader)), body]),
  };
}

function variableInteger(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return bytes;
}

function paddedTo4(size: number): number {
  return Math.ceil(size / 4) * 4;
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}

function uint32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset, true);
}

function littleEndian32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
