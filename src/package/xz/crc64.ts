// CRC-64 of ECMA-182 in the order of bits that the .xz file format has (1.1.0, 6): what `xz` checks blocks with. Halves of 32 bits,
// as numbers have no more for operations on bits.

const POLYNOMIAL_LOW = 0xd787_0f42;
const POLYNOMIAL_HIGH = 0xc96c_5795;

/** The checksum, 8 bytes, the lowest first. */
export function crc64(data: Uint8Array): Buffer {
  const table = tableOf();
  let low = -1;
  let high = -1;
  for (let at = 0; at < data.length; at++) {
    const entry = ((low ^ (data[at] as number)) & 0xff) * 2;
    low = ((low >>> 8) | (high << 24)) ^ (table[entry] as number);
    high = (high >>> 8) ^ (table[entry + 1] as number);
  }
  const checksum = Buffer.alloc(8);
  checksum.writeInt32LE(~low, 0);
  checksum.writeInt32LE(~high, 4);
  return checksum;
}

/** What each byte does to the checksum: low half, high half. */
function tableOf(): Int32Array {
  const table = new Int32Array(2 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (!isOdd) continue;
      low ^= POLYNOMIAL_LOW;
      high ^= POLYNOMIAL_HIGH;
    }
    table[byte * 2] = low;
    table[byte * 2 + 1] = high;
  }
  return table;
}
