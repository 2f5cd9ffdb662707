// Compressing into one `.xz` stream, by what suits its size.
import { encodeTiny, TINY_SIZE_BYTES } from "./tiny-encoder.ts";

/**
 * The highest preset that makes a difference. 7 to 9 are 6 with dictionaries of 16 to 64 MiB: more than 16 find nothing
 * in blocks of 24 MiB but take up to 674 MiB each.
 */
const HIGHEST_PRESET = 7;

/** Who asks for more than the default gets the best that liblzma finds also for what is small. */
const HIGHEST_QUICK_PRESET = 6;

/**
 * What is no larger than this, and was not taken by the encoder for what is tiny, liblzma compresses as level 3 does also where
 * 4 to 6 is asked for: some 2 % larger for a fifth of the time, most of which the optimal parsing of the higher levels would
 * take before it is warm.
 */
const WITHOUT_OPTIMUM_BYTES = 64 * 1024;
const WITHOUT_OPTIMUM_PRESET = 3;

/** Compresses `pieces` (each used before the next is taken) and yields the stream. `level` is 0 to 9 as of `xz`. */
export async function* encodeXz(pieces: Iterable<Uint8Array>, level: number): AsyncGenerator<Uint8Array> {
  let preset = Math.max(0, Math.min(HIGHEST_PRESET, Math.trunc(level)));
  const rest = pieces[Symbol.iterator]();
  const beginning: Uint8Array[] = [];
  let size = 0;
  let next = rest.next();
  for (; next.done !== true && size <= TINY_SIZE_BYTES; next = rest.next()) {
    // Whoever makes the pieces may use their memory again.
    beginning.push(next.value.slice());
    size += next.value.length;
  }
  const isTiny = next.done === true && size <= TINY_SIZE_BYTES && preset <= HIGHEST_QUICK_PRESET;
  const stream = isTiny && size > 0 ? encodeTiny(Buffer.concat(beginning)) : undefined;
  if (stream !== undefined) {
    yield stream;
    return;
  }
  if (isTiny && size <= WITHOUT_OPTIMUM_BYTES) preset = Math.min(preset, WITHOUT_OPTIMUM_PRESET);
  const { encodeBlocks } = await import("./encode-blocks.ts");
  yield* encodeBlocks(chained(beginning, next, rest), preset);
}

function* chained(
  beginning: readonly Uint8Array[],
  first: IteratorResult<Uint8Array>,
  rest: Iterator<Uint8Array>,
): Generator<Uint8Array> {
  yield* beginning;
  for (let next = first; next.done !== true; next = rest.next()) yield next.value;
}
