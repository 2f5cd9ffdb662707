// Comparisons of what is measured, not timed (processor time of a request): the two in turn, in the other order each time, and the
// ratio is the median of the ratios of the pairs, so that what the machine does besides falls on both.
import { loadavg } from "node:os";
import { type Comparison, figure } from "./measure.ts";

interface Measured {
  readonly name: string;
  readonly measure: () => number | Promise<number>;
}

/** One uncounted measurement of each, then `runs` pairs. */
export async function inPairs(options: {
  readonly subject: Measured;
  readonly reference: Measured;
  readonly unit: string;
  readonly runs: number;
  readonly aim?: Comparison["aim"];
  readonly note?: string;
}): Promise<Comparison> {
  const { subject, reference, unit, runs, aim, note } = options;
  const samples = { subject: [] as number[], reference: [] as number[] };
  await subject.measure();
  await reference.measure();
  for (let run = 0; run < runs; run++) {
    const order = run % 2 === 0 ? (["subject", "reference"] as const) : (["reference", "subject"] as const);
    for (const which of order) samples[which].push(await options[which].measure());
  }
  const ratios = samples.subject.map((value, run) => value / (samples.reference[run] ?? Number.NaN));
  const ratio = figure("ratio", "", ratios);
  return {
    subject: figure(subject.name, unit, samples.subject),
    reference: figure(reference.name, unit, samples.reference),
    ratio: ratio.median,
    ...(aim && { aim }),
    note: [
      `ratios of pairs ${ratio.min.toFixed(3)}–${ratio.max.toFixed(3)}`,
      ...(note === undefined ? [] : [note]),
      `load ${(loadavg()[0] ?? 0).toFixed(0)}`,
    ].join("; "),
  };
}
