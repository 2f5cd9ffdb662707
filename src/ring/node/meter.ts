// Counts what passes a member's sockets and what its machine tells, for /metrics (reference/butterfly.md §16) and for
// `health`. Messages of ours only count under the original kind that they stand for, or under their own name.

import { HEALTHS } from "../member.ts";
import type { RingCounter } from "../metrics.ts";
import type { GossipMessage, RingNote, SwimMessage } from "../protocol.ts";
import type { RingState } from "../state.ts";
import { type DropReason, type Drops, noDrops, type Traffic } from "./drops.ts";

type Transport = "datagrams" | "messages";

const SWIM_TYPES = {
  ping: "ping",
  "short-ping": "ping",
  ack: "ack",
  "short-ack": "ack",
  "ping-req": "pingreq",
  "probe-ping": "probeping",
  nack: "nack",
} as const satisfies Record<SwimMessage["kind"], string>;

export class Meter {
  readonly in: Record<Transport, Traffic> = {
    datagrams: { count: 0, bytes: 0 },
    messages: { count: 0, bytes: 0 },
  };
  readonly out: Record<Transport, Traffic> = {
    datagrams: { count: 0, bytes: 0 },
    messages: { count: 0, bytes: 0 },
  };
  readonly dropped: Record<Transport, Drops> = { datagrams: noDrops(), messages: noDrops() };
  readonly #counter: RingCounter;
  /** When the elections under way began, by group. */
  readonly #elections = new Map<string, number>();

  constructor(counter: RingCounter) {
    this.#counter = counter;
  }

  datagramSent(message: SwimMessage, bytes: number): void {
    add(this.out.datagrams, bytes);
    const type = message.kind === "probe-ping" ? "ping" : SWIM_TYPES[message.kind];
    this.#counter.increment("hab_butterfly_swim_messages_sent_total", { type });
    this.#counter.set("hab_butterfly_swim_sent_bytes", bytes, { type });
  }

  datagramReceived(message: SwimMessage, bytes: number): void {
    add(this.in.datagrams, bytes);
    const labels = { type: SWIM_TYPES[message.kind], mode: "success" };
    this.#counter.increment("hab_butterfly_swim_messages_received_total", labels);
    this.#counter.set("hab_butterfly_swim_received_bytes", bytes, labels);
  }

  datagramDropped(reason: DropReason, bytes: number): void {
    this.dropped.datagrams[reason]++;
    if (reason === "not-sendable") return;
    add(this.in.datagrams, bytes);
    const labels = { type: failureType(reason), mode: "failure" };
    this.#counter.increment("hab_butterfly_swim_messages_received_total", labels);
    this.#counter.set("hab_butterfly_swim_received_bytes", bytes, labels);
  }

  messageSent(message: GossipMessage, bytes: number): void {
    add(this.out.messages, bytes);
    const labels = { type: message.kind, mode: "success" };
    this.#counter.increment("hab_butterfly_gossip_messages_sent_total", labels);
    this.#counter.set("hab_butterfly_gossip_sent_bytes", bytes, labels);
  }

  messageReceived(message: GossipMessage, bytes: number): void {
    add(this.in.messages, bytes);
    const labels = { type: message.kind, mode: "success", blocked: "false" };
    this.#counter.increment("hab_butterfly_gossip_messages_received_total", labels);
    this.#counter.set("hab_butterfly_gossip_received_bytes", bytes, labels);
  }

  /** A rumor that changed nothing: it was known, or older than what is stored (§12). */
  rumorIgnored({ kind }: GossipMessage): void {
    this.#counter.increment("hab_butterfly_ignored_rumor_total", { rumor: kind });
  }

  messageDropped(reason: DropReason, bytes: number): void {
    this.dropped.messages[reason]++;
    if (reason === "not-sendable") {
      const labels = { type: "generate_wire", mode: "failure" };
      this.#counter.increment("hab_butterfly_gossip_messages_sent_total", labels);
      return;
    }
    add(this.in.messages, bytes);
    const labels = { type: failureType(reason), mode: "failure", blocked: "unknown" };
    this.#counter.increment("hab_butterfly_gossip_messages_received_total", labels);
    this.#counter.set("hab_butterfly_gossip_received_bytes", bytes, labels);
  }

  /** A connection that we wanted did not come about. */
  connectFailed(): void {
    const labels = { type: "socket_connect", mode: "failure" };
    this.#counter.increment("hab_butterfly_gossip_messages_sent_total", labels);
  }

  /** What the machine tells about its probes and elections. */
  note(note: RingNote, state: RingState, now: number): void {
    if (note.kind === "probe") this.#probe(note);
    else if (note.kind === "election") this.#election(note.serviceGroup, state, now);
  }

  /** Gauges of the state, where it changed. */
  state(state: RingState): void {
    const healths = Object.fromEntries(HEALTHS.map((health) => [health, 0]));
    for (const { health } of state.members.values()) healths[health] = (healths[health] ?? 0) + 1;
    for (const health of HEALTHS)
      this.#counter.set("hab_butterfly_peer_health_total", healths[health] ?? 0, { health });
    this.#counter.set("hab_butterfly_incarnation_number", Number(state.incarnation), {});
  }

  #probe({ outcome, tookMs }: RingNote & { kind: "probe" }): void {
    const sent = (type: string): void =>
      this.#counter.increment("hab_butterfly_swim_probes_sent_total", { type });
    sent("ping");
    if (outcome !== "ack") sent("pingreq");
    sent(outcome === "failed" ? "pingreq/failure" : "ack");
    if (outcome === "failed") return;
    const type = outcome === "ack" ? "ping/ack" : "pingreq/ack";
    this.#counter.observe("hab_butterfly_swim_probe_duration_seconds", tookMs / 1000, { type });
  }

  #election(group: string, state: RingState, now: number): void {
    const status = state.elections.get(group)?.status;
    const begun = this.#elections.get(group);
    if (status === "finished" && begun !== undefined) {
      this.#elections.delete(group);
      const labels = { service_group: group };
      this.#counter.observe("hab_butterfly_election_duration_seconds", (now - begun) / 1000, labels);
    } else if (status !== undefined && status !== "finished" && begun === undefined)
      this.#elections.set(group, now);
  }
}

function add(traffic: Traffic, bytes: number): void {
  traffic.count++;
  traffic.bytes += bytes;
}

/** The original knows two stages at which a message fails. */
function failureType(reason: DropReason): "undecodable" | "unwrap_wire" {
  return reason === "undecodable" ? "undecodable" : "unwrap_wire";
}
