// What the ring counts, into the Supervisor's metrics (reference/butterfly.md §16).
import type { RingCounter } from "../../ring/index.ts";
import type { Metrics } from "../http/metrics.ts";

export function ringCounter(metrics: Metrics): RingCounter {
  return {
    increment: (name, labels) => metrics.count(name, labels),
    set: (name, value, labels) => metrics.set(name, value, labels),
    observe: (name, seconds, labels) => metrics.observe(name, seconds, labels),
  };
}
