// Comparisons of what is measured, not only timed (processor time of a request): the two in turn, in the other order each time, and the
// ratio is the median of the ratios of the pairs, so that what the machine does besides falls on both.
import { loadavg } from "node:os";
import { type Comparison, figure } from "./measure.ts";

interface Measured<Sample> {
  readonly name: string;
  readonly measure: () => Sample | Promise<Sample>;
}

export interface Metric<Sample> {
  /** What it is, after the name of the subject. */
  readonly name: string;
  readonly unit: string;
  readonly of: (sample: Sample) => number;
  readonly aim?: Comparison["aim"];
}

/** One uncounted measurement of each, then `runs` pairs; a comparison for each metric. */
export async function inPairs<Sample>(options: {
  readonly subject: Measured<Sample>;
  readonly reference: Measured<Sample>;
  readonly metrics: readonly Metric<Sample>[];
  readonly runs: number;
  readonly note?: () => string;
}): Promise<Comparison[]> {
  const { subject, reference, metrics, runs } = options;
  await subject.measure();
  await reference.measure();
  const samples = { subject: [] as Sample[], reference: [] as Sample[] };
  for (let run = 0; run < runs; run++) {
    const order = run % 2 === 0 ? (["subject", "reference"] as const) : (["reference", "subject"] as const);
    for (const which of order) samples[which].push(await options[which].measure());
  }
  return metrics.map(({ name, unit, of, aim }) => {
    const ours = samples.subject.map(of);
    const theirs = samples.reference.map(of);
    const ratio = figure(
      "ratio",
      "",
      ours.map((value, run) => value / (theirs[run] ?? Number.NaN)),
    );
    const notes = [
      `pairs ${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)}`,
      `load ${(loadavg()[0] ?? 0).toFixed(0)}`,
    ];
    return {
      subject: figure(`${subject.name}, ${name}`, unit, ours),
      reference: figure(reference.name, unit, theirs),
      ratio: ratio.median,
      ...(aim && { aim }),
      note: [...notes, ...(options.note === undefined ? [] : [options.note()])].join(", "),
    };
  });
}
