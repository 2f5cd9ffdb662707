// One harness for all targets: makes inputs, runs them, and reports the first that breaks a rule that holds for every input:
// only HabError of a declared kind is thrown, memory and time are bounded, and what the target itself checks.
import { HabError } from "../../src/error/index.ts";
import { Random } from "./random.ts";

/** Most resident memory that an input may add, however large it claims to be. */
export const MEMORY_LIMIT_BYTES = 768 * 1024 * 1024;
/** No input of a few KiB may take longer. Far above what a busy machine needs: only a hang reaches it. */
export const TIME_LIMIT_MS = 20_000;

export interface FuzzTarget {
  readonly name: string;
  /** Inputs known to be interesting, tried first. */
  readonly seeds: readonly Uint8Array[];
  /** A new input, from nothing or from a seed. */
  generate(random: Random, seeds: readonly Uint8Array[]): Uint8Array;
  /** Feeds the input to the code, and throws Breach for what must never happen. */
  run(input: Uint8Array): void | Promise<void>;
  /** Errors, other than HabError, that are an answer here. */
  isAnswer?(error: unknown): boolean;
  /** Ends what `run` has started. */
  stop?(): Promise<void>;
}

/** A rule was broken. */
export class Breach extends Error {}

export interface Failure {
  readonly input: Uint8Array;
  /** Which input it was: makes it again, with the seed. */
  readonly number: number;
  readonly problem: string;
}

export interface Outcome {
  readonly inputs: number;
  /** Most resident memory seen above that at the start. */
  readonly memoryBytes: number;
  readonly failure: Failure | undefined;
}

export interface FuzzOptions {
  readonly seed: number;
  /** Whether to try one more after this many. */
  readonly more: (inputs: number) => boolean;
  readonly first?: number;
  readonly memoryLimitBytes?: number;
  readonly timeLimitMs?: number;
  readonly onInput?: (number: number) => void;
}

/** The input of this number: the seeds in order, then made ones. */
export function inputOf(target: FuzzTarget, seed: number, number: number): Uint8Array {
  return target.seeds[number] ?? target.generate(new Random(seed, number), target.seeds);
}

/** Tries inputs until one fails or `more` says no. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<Outcome> {
  const { seed, more, first = 0, memoryLimitBytes = MEMORY_LIMIT_BYTES } = options;
  const start = process.memoryUsage.rss();
  let memoryBytes = 0;
  let inputs = 0;
  for (; more(inputs); inputs++) {
    const number = first + inputs;
    options.onInput?.(number);
    const input = inputOf(target, seed, number);
    let problem = await problemWith(target, input, options.timeLimitMs);
    memoryBytes = Math.max(memoryBytes, process.memoryUsage.rss() - start);
    if (problem === undefined && memoryBytes > memoryLimitBytes)
      problem = `takes ${memoryBytes} bytes of memory`;
    if (problem !== undefined)
      return { inputs: inputs + 1, memoryBytes, failure: { input, number, problem } };
  }
  return { inputs, memoryBytes, failure: undefined };
}

/** Which rule this input breaks, if any. */
export async function problemWith(
  target: FuzzTarget,
  input: Uint8Array,
  timeLimitMs = TIME_LIMIT_MS,
): Promise<string | undefined> {
  const started = performance.now();
  try {
    await target.run(input);
  } catch (error) {
    if (!isKnown(error) && target.isAnswer?.(error) !== true)
      return error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`;
  }
  const took = performance.now() - started;
  return took > timeLimitMs ? `takes ${Math.round(took)} ms` : undefined;
}

function isKnown(error: unknown): boolean {
  return error instanceof HabError && /^HAB-[A-Z]+-\d{3}$/.test(error.kind?.code ?? "");
}

/** A smaller input that fails too: pieces are left out, ever smaller ones. */
export async function minimise(target: FuzzTarget, input: Uint8Array, tries = 2000): Promise<Uint8Array> {
  let best = input;
  for (
    let size = Math.ceil(best.length / 2);
    size >= 1 && tries > 0;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    for (let at = 0; at < best.length && tries > 0; tries--) {
      const shorter = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if ((await problemWith(target, shorter)) === undefined) at += size;
      else best = shorter;
    }
  return best;
}
