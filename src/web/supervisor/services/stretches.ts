// From events of a service to stretches of time with one result of its health check. Pure.
import type { TimelineEntry } from "../told/shapes.ts";

export interface Stretch {
  readonly result: "ok" | "warning" | "critical" | "unknown";
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Stretches longer than this many are not told apart: the oldest are left out. */
const MAX_STRETCHES = 300;

const RESULTS = ["ok", "warning", "critical", "unknown"] as const;

/** What the check said between two moments; before the first event what that calls the result before it. */
export function stretchesOf(events: readonly TimelineEntry[], since: number, until: number): Stretch[] {
  const changes = events.filter((entry) => entry.kind === "health").slice(-MAX_STRETCHES);
  const stretches: Stretch[] = [];
  let from = since;
  let result = wordOf(changes[0]?.previous);
  for (const change of changes) {
    const at = Math.min(Math.max(change.at, from), until);
    if (at > from) stretches.push({ result, from, to: at });
    from = at;
    result = wordOf(change.result);
  }
  if (until > from) stretches.push({ result, from, to: until });
  return stretches;
}

function wordOf(text: string | undefined): Stretch["result"] {
  return RESULTS.find((each) => each === text) ?? "unknown";
}
