// Counters of the Supervisor in Prometheus' text format 0.0.4 (reference/supervisor.md §15). A labelled series exists
// from its first use on.

/** Upper bounds in seconds of every histogram, as the original's client library has them. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Most series one family keeps: paths come from clients, who must not be able to fill the memory. */
const MAX_SERIES = 1000;

/** The one label's value, or a value for each label by name. */
export type Labels = string | Readonly<Record<string, string>>;

interface Series {
  readonly labels: string;
  value: number;
  /** By bucket, each without those below it. */
  readonly counts: number[];
  sum: number;
}

interface Family {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Names of its labels, in the order they are printed in. */
  readonly labels: readonly string[];
  readonly series: Map<string, Series>;
}

/** Name, kind, help and labels of what the ring counts (reference/butterfly.md §16). */
const RING_FAMILIES: readonly (readonly [string, Family["kind"], string, ...string[]])[] = [
  ["hab_butterfly_incarnation_number", "gauge", "Incarnation number of the supervisor"],
  [
    "hab_butterfly_election_duration_seconds",
    "histogram",
    "How long it takes for an election to finish",
    "service_group",
  ],
  [
    "hab_butterfly_gossip_messages_received_total",
    "counter",
    "Total number of gossip messages received",
    "blocked",
    "mode",
    "type",
  ],
  [
    "hab_butterfly_gossip_messages_sent_total",
    "counter",
    "Total number of gossip messages sent",
    "mode",
    "type",
  ],
  [
    "hab_butterfly_gossip_received_bytes",
    "gauge",
    "Gossip message size received in bytes",
    "blocked",
    "mode",
    "type",
  ],
  ["hab_butterfly_gossip_sent_bytes", "gauge", "Gossip message size sent in bytes", "mode", "type"],
  ["hab_butterfly_ignored_rumor_total", "counter", "How many rumors we've ignored", "rumor"],
  ["hab_butterfly_peer_health_total", "gauge", "Number of butterfly peers by health", "health"],
  [
    "hab_butterfly_swim_messages_received_total",
    "counter",
    "Total number of SWIM messages received",
    "mode",
    "type",
  ],
  ["hab_butterfly_swim_messages_sent_total", "counter", "Total number of SWIM messages sent", "type"],
  [
    "hab_butterfly_swim_probe_duration_seconds",
    "histogram",
    "How long it takes to probe another member",
    "type",
  ],
  ["hab_butterfly_swim_probes_sent_total", "counter", "Total number of SWIM probes sent", "type"],
  ["hab_butterfly_swim_received_bytes", "gauge", "SWIM message size received in bytes", "mode", "type"],
  ["hab_butterfly_swim_sent_bytes", "gauge", "SWIM message size sent in bytes", "type"],
];

export class Metrics {
  readonly #families = new Map<string, Family>();

  constructor() {
    const add = (name: string, kind: Family["kind"], help: string, ...labels: string[]) => {
      this.#families.set(name, { kind, help, labels, series: new Map() });
    };
    for (const [name, kind, help, ...labels] of RING_FAMILIES) add(name, kind, help, ...labels);
    add("hab_sup_cpu_time_nanoseconds", "gauge", "CPU time of the supervisor process in nanoseconds");
    add(
      "hab_sup_event_stream_events_total",
      "counter",
      "Events for the event stream, by whether they were sent or dropped",
      "outcome",
    );
    add("hab_sup_hook_duration_seconds", "histogram", "The time it takes for a hook to run", "hook");
    add(
      "hab_sup_service_hook_duration_seconds",
      "histogram",
      "The time it takes for a hook of a service to run",
      "service_group",
      "hook",
    );
    add(
      "hab_sup_service_hook_runs_total",
      "counter",
      "Runs of a hook of a service, by how they ended",
      "service_group",
      "hook",
      "outcome",
    );
    add(
      "hab_sup_service_ready",
      "gauge",
      "Whether a service that is to run is ready (1) or not (0)",
      "service_group",
    );
    add(
      "hab_sup_http_gateway_request_duration_seconds",
      "histogram",
      "The latency for HTTP gateway requests",
      "path",
    );
    add(
      "hab_sup_http_gateway_requests_total",
      "counter",
      "Total number of requests made to the HTTP Gateway",
      "path",
    );
    add(
      "hab_sup_open_file_descriptors_total",
      "gauge",
      "A count of the total number of open file descriptors. Unix only",
    );
    add(
      "hab_sup_rpc_call_request_duration_seconds",
      "histogram",
      "The latency for RPC calls sent to the supervisor",
      "name",
    );
    add("hab_sup_rpc_call_total", "counter", "The total number of RPC calls sent to the supervisor", "name");
    add(
      "hab_sup_run_loop_duration_seconds",
      "histogram",
      "The time it takes for one pass over the services",
      "loop",
    );
  }

  /** Adds one to a counter. */
  count(name: string, labels?: Labels): void {
    const series = this.#series(name, labels);
    if (series !== undefined) series.value += 1;
  }

  /** Sets a gauge. */
  set(name: string, value: number, labels?: Labels): void {
    const series = this.#series(name, labels);
    if (series !== undefined) series.value = value;
  }

  /** Sets a gauge for these values of its one label, and for no others. */
  setAll(name: string, values: ReadonlyMap<string, number>): void {
    this.#families.get(name)?.series.clear();
    for (const [label, value] of values) this.set(name, value, label);
  }

  /** Records a duration in seconds. */
  observe(name: string, seconds: number, labels?: Labels): void {
    const series = this.#series(name, labels);
    if (series === undefined) return;
    series.value += 1;
    series.sum += seconds;
    const index = BUCKETS.findIndex((bound) => seconds <= bound);
    if (index >= 0) series.counts[index] = (series.counts[index] ?? 0) + 1;
  }

  /** The whole text, families and series in the order of their names. */
  text(): string {
    const lines: string[] = [];
    for (const name of [...this.#families.keys()].sort()) {
      const family = this.#families.get(name);
      if (family === undefined || family.series.size === 0) continue;
      lines.push(`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.kind}`);
      for (const key of [...family.series.keys()].sort()) {
        const series = family.series.get(key);
        if (series !== undefined) lines.push(...seriesLines(name, family.kind, series));
      }
    }
    return `${lines.join("\n")}\n`;
  }

  #series(name: string, labels: Labels = ""): Series | undefined {
    const family = this.#families.get(name);
    if (family === undefined) return undefined;
    const values =
      typeof labels === "string" ? [labels] : family.labels.map((label) => labels[label] ?? "unknown");
    const key = values.join("\0");
    let series = family.series.get(key);
    if (series === undefined) {
      if (family.series.size >= MAX_SERIES) return undefined;
      const pairs = family.labels.map((label, index) => `${label}="${escapeLabel(values[index] ?? "")}"`);
      series = { labels: pairs.join(","), value: 0, counts: BUCKETS.map(() => 0), sum: 0 };
      family.series.set(key, series);
    }
    return series;
  }
}

function seriesLines(name: string, kind: Family["kind"], series: Series): string[] {
  const braces = series.labels === "" ? "" : `{${series.labels}}`;
  if (kind !== "histogram") return [`${name}${braces} ${series.value}`];
  const prefix = series.labels === "" ? "" : `${series.labels},`;
  let upTo = 0;
  return [
    ...BUCKETS.map((bound, index) => {
      upTo += series.counts[index] ?? 0;
      return `${name}_bucket{${prefix}le="${bound}"} ${upTo}`;
    }),
    `${name}_bucket{${prefix}le="+Inf"} ${series.value}`,
    `${name}_sum${braces} ${series.sum}`,
    `${name}_count${braces} ${series.value}`,
  ];
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
