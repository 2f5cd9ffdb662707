// What every benchmark shares: timing a subject and its reference in turn (A B A B …, so that a machine whose speed
// drifts cheats neither), medians with spread, and one line of JSON per figure for script/bench to gather.

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export interface Comparison {
  readonly subject: Figure;
  readonly reference?: Figure;
  /** subject / reference, of the medians unless `by` says minimum. */
  readonly ratio?: number;
  /** What the ratio, or without a reference the median, should not exceed (or, for rates, fall below). */
  readonly aim?: { readonly value: number; readonly atLeast?: boolean };
  readonly note?: string;
}

/** Median, minimum and maximum of samples. */
export function figure(name: string, unit: string, samples: readonly number[]): Figure {
  if (samples.length === 0) throw new Error(`${name}: no samples`);
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] as number;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { name, unit, median, min: at(0), max: at(sorted.length - 1), runs: sorted.length };
}

/** Times whole runs of two things in turn, in milliseconds, after one uncounted run of each. */
export async function sideBySide(options: {
  subject: { name: string; run: () => unknown };
  reference: { name: string; run: () => unknown };
  runs: number;
  aim?: Comparison["aim"];
  /** Compare minima where start-up is measured and everything above the minimum is noise. */
  by?: "median" | "minimum";
  note?: string;
}): Promise<Comparison> {
  const samples: [number[], number[]] = [[], []];
  const both = [options.subject, options.reference] as const;
  for (const each of both) await each.run();
  for (let run = 0; run < options.runs; run++) {
    for (const [index, each] of both.entries()) {
      const start = Bun.nanoseconds();
      await each.run();
      samples[index as 0 | 1].push((Bun.nanoseconds() - start) / 1e6);
    }
  }
  const subject = figure(options.subject.name, "ms", samples[0]);
  const reference = figure(options.reference.name, "ms", samples[1]);
  const by = options.by === "minimum" ? "min" : "median";
  return { subject, reference, ratio: subject[by] / reference[by], aim: options.aim, note: options.note };
}

/** Prints a comparison: JSON when gathered by script/bench, a line for a person otherwise. */
export function report(comparison: Comparison): void {
  console.log(process.env.HAB_BENCH_JSON === "1" ? JSON.stringify(comparison) : describe(comparison));
}

/** One line of the table. */
export function describe({ subject, reference, ratio, aim, note }: Comparison): string {
  const round = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  const spread = (f: Figure) =>
    `${round(f.median)} ${f.unit} (${round(f.min)}–${round(f.max)}, ${f.runs} runs)`;
  const parts = [`${subject.name}: ${spread(subject)}`];
  if (reference !== undefined) parts.push(`${reference.name}: ${spread(reference)}`);
  if (ratio !== undefined) parts.push(`ratio ${round(ratio)}`);
  if (aim !== undefined) {
    const value = ratio ?? subject.median;
    const met = aim.atLeast === true ? value >= aim.value : value <= aim.value;
    parts.push(`aim ${aim.atLeast === true ? "≥" : "≤"} ${aim.value}: ${met ? "met" : "NOT met"}`);
  }
  if (note !== undefined) parts.push(note);
  return parts.join(" · ");
}
