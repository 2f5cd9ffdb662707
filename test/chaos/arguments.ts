// The words of `script/chaos`.
import { parseArgs } from "node:util";

export interface ChaosArguments {
  readonly seconds: number;
  readonly seed: number;
  readonly services: number;
  /** Names of faults; empty for all. */
  readonly only: readonly string[];
  /** End after so many faults; without a limit where not given. */
  readonly count: number;
}

/** Throws what is wrong with them, in a sentence. */
export function chaosArguments(words: readonly string[]): ChaosArguments {
  const { values } = parseArgs({
    args: [...words],
    options: {
      minutes: { type: "string", default: "5" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      services: { type: "string", default: "9" },
      only: { type: "string", default: "" },
      count: { type: "string" },
    },
  });
  const number = (name: "minutes" | "seed" | "services" | "count", least: number, given: string): number => {
    const value = Number(given);
    if (given.trim() === "" || !Number.isFinite(value) || value < least)
      throw new Error(`--${name} ${given} is no number from ${least}`);
    return value;
  };
  return {
    seconds: number("minutes", 0, values.minutes) * 60,
    seed: number("seed", 0, values.seed),
    services: number("services", 1, values.services),
    only: values.only.split(",").filter(Boolean),
    count: values.count === undefined ? Number.POSITIVE_INFINITY : number("count", 1, values.count),
  };
}
