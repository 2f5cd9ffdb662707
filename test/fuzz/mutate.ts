// Changes that know nothing of a format: bits, numbers at the edge, pieces cut, doubled, moved, and words of the format.
import type { Random } from "./random.ts";

const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x2e, 0x2f] as const;
/** Inputs grow no further than this by being doubled. */
const LARGEST_INPUT_BYTES = 64 * 1024;

/** A few changes to `input`. `words` are texts that mean something in the format. */
export function mutate(random: Random, input: Uint8Array, words: readonly string[] = []): Uint8Array {
  let bytes = Buffer.from(input);
  for (let left = 1 + random.below(6); left > 0; left--) bytes = change(random, bytes, words);
  return bytes;
}

function change(random: Random, bytes: Buffer<ArrayBuffer>, words: readonly string[]): Buffer<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const length = random.below(Math.min(bytes.length - at, 64) + 1);
  const [before, piece, after] = [
    bytes.subarray(0, at),
    bytes.subarray(at, at + length),
    bytes.subarray(at + length),
  ];
  switch (random.below(8)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.pick(EDGES);
      return bytes;
    case 2:
      return Buffer.concat([before, after]);
    case 3: {
      const times = 1 + random.below(random.once(20) ? 2000 : 4);
      const fits = Math.floor((LARGEST_INPUT_BYTES - bytes.length) / Math.max(1, length));
      return Buffer.concat([before, ...Array(Math.max(1, Math.min(times, fits))).fill(piece), after]);
    }
    case 4:
      return Buffer.concat([before, random.bytes(1 + random.below(8)), after]);
    case 5:
      return Buffer.from(before);
    case 6:
      return Buffer.concat([after, before, piece]);
    default:
      return words.length === 0 ? bytes : Buffer.concat([before, Buffer.from(random.pick(words)), after]);
  }
}
