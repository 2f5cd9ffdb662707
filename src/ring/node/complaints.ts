// Lines for the log about what goes wrong: at most one a kind in a while, so that nobody can fill the log from outside.
import { COMPLAINT_INTERVAL_MS } from "./limits.ts";

export interface Complaints {
  /** Reports a line, or only counts it where one of this kind was reported a short while ago. */
  complain(kind: string, line: string): void;
  /** What was complained about last, reported or not. */
  readonly last: { readonly line: string; readonly at: number } | undefined;
}

/** `now` is the monotonic clock, milliseconds. Kinds must be few: they are kept. */
export function createComplaints(report: (line: string) => void, now: () => number): Complaints {
  const kinds = new Map<string, { until: number; unsaid: number }>();
  let last: { line: string; at: number } | undefined;
  return {
    get last() {
      return last;
    },
    complain(kind, line) {
      const at = now();
      last = { line, at };
      const before = kinds.get(kind);
      if (before !== undefined && at < before.until) {
        before.unsaid++;
        return;
      }
      const unsaid = before?.unsaid ?? 0;
      kinds.set(kind, { until: at + COMPLAINT_INTERVAL_MS, unsaid: 0 });
      report(unsaid === 0 ? line : `${line} (and ${unsaid} more like it since the last such line)`);
    },
  };
}
