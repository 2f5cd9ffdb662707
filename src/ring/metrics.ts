// The ring's figures for the Supervisor's /metrics, by the original's names and labels (reference/butterfly.md §16).

export type RingCounterName =
  | "hab_butterfly_swim_messages_sent_total"
  | "hab_butterfly_swim_messages_received_total"
  | "hab_butterfly_swim_probes_sent_total"
  | "hab_butterfly_gossip_messages_sent_total"
  | "hab_butterfly_gossip_messages_received_total"
  | "hab_butterfly_ignored_rumor_total";

export type RingGaugeName =
  | "hab_butterfly_swim_sent_bytes"
  | "hab_butterfly_swim_received_bytes"
  | "hab_butterfly_gossip_sent_bytes"
  | "hab_butterfly_gossip_received_bytes"
  | "hab_butterfly_peer_health_total"
  | "hab_butterfly_incarnation_number";

export type RingHistogramName =
  | "hab_butterfly_swim_probe_duration_seconds"
  | "hab_butterfly_election_duration_seconds";

export type RingLabels = Readonly<Record<string, string>>;

/** Where a node counts. Called on every message: must be quick and must not throw. */
export interface RingCounter {
  increment(name: RingCounterName, labels: RingLabels): void;
  set(name: RingGaugeName, value: number, labels: RingLabels): void;
  observe(name: RingHistogramName, seconds: number, labels: RingLabels): void;
}
