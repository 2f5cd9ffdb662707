// How fast virtual time passes: how many virtual seconds go into a real one. A whole run's figure depends on how long its
// ring takes to form and to settle, so the pace of a ring that is up is told apart: the median over single virtual seconds.
import type { World } from "./world.ts";

/** Of a ring that is up, over the virtual seconds looked at. */
export interface Pace {
  /** Virtual seconds in a real one; less than 1: slower than real time. */
  readonly virtualPerReal: number;
  /** Median over so many virtual seconds. */
  readonly seconds: number;
  /** Real microseconds a step, its share of everything included, in the same seconds. */
  readonly microsecondsPerStep: number;
}

/** Until then a ring that starts warm has opened its connections. */
const FORMED_MS = 10_000;
const SECOND_MS = 1000;

/** Runs a world on while timing it. Without a clock it only runs it. */
export class Pacer {
  readonly #world: World;
  readonly #realMs: (() => number) | undefined;
  readonly #seconds: { readonly tookMs: number; readonly steps: number }[] = [];

  /** `realMs`: a real clock, from outside: a run itself knows none. */
  constructor(world: World, realMs: (() => number) | undefined) {
    this.#world = world;
    this.#realMs = realMs;
  }

  run(untilMs: number): void {
    const world = this.#world;
    if (this.#realMs === undefined) {
      world.run(untilMs);
      return;
    }
    while (world.now < untilMs) {
      const next = Math.min(untilMs, (Math.floor(world.now / SECOND_MS) + 1) * SECOND_MS);
      const isWhole = next - world.now === SECOND_MS && world.now >= FORMED_MS;
      const { steps } = world;
      const startedAt = this.#realMs();
      world.run(next);
      if (isWhole) this.#seconds.push({ tookMs: this.#realMs() - startedAt, steps: world.steps - steps });
    }
  }

  /** Undefined where nothing was timed. */
  get pace(): Pace | undefined {
    const sorted = this.#seconds.toSorted((a, b) => a.tookMs - b.tookMs);
    const median = sorted[sorted.length >> 1];
    if (median === undefined || median.tookMs === 0) return undefined;
    return {
      virtualPerReal: SECOND_MS / median.tookMs,
      seconds: sorted.length,
      microsecondsPerStep: (1000 * median.tookMs) / Math.max(1, median.steps),
    };
  }
}
