// 48-bit hashes as six bytes, the lowest first: a list of them is a third smaller than as fixed64.

export const HASH48_BYTES = 6;

export function readHash48(bytes: Buffer, at: number): number {
  return bytes.readUIntLE(at, HASH48_BYTES);
}

export function writeHash48(bytes: Uint8Array, at: number, hash: number): void {
  const low = hash >>> 0;
  const high = (hash / 2 ** 32) | 0;
  bytes[at] = low;
  bytes[at + 1] = low >>> 8;
  bytes[at + 2] = low >>> 16;
  bytes[at + 3] = low >>> 24;
  bytes[at + 4] = high;
  bytes[at + 5] = high >>> 8;
}
