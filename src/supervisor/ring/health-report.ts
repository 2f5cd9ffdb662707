// How this member's own part in the ring fares, as a document for `/ring/health` of the HTTP gateway and `hab ring health`.
import {
  memberEntries,
  type RingHealth,
  type RingInsight,
  type RingNote,
  type RingState,
} from "../../ring/index.ts";

interface TrafficReport {
  readonly received: { readonly count: number; readonly bytes: number };
  readonly sent: { readonly count: number; readonly bytes: number };
  /** By reason, since the start; reasons that never occurred are left out. */
  readonly dropped: Readonly<Record<string, number>>;
}

export interface RingHealthReport {
  /** The key of an encrypted ring, name-revision. */
  readonly ring_key: string | null;
  /** How late timers were: the last one, and the worst of the last two minutes. */
  readonly lag_ms: { readonly last: number; readonly worst: number };
  /** 0: quick; the higher, the longer this member waits for others, because it is slow or badly connected itself. */
  readonly awareness: { readonly score: number; readonly why: string | null };
  readonly connections: {
    readonly incoming: number;
    readonly outgoing: number;
    readonly closed: Readonly<Record<string, number>>;
  };
  /** Taken from the network or to be sent, and not dealt with yet. */
  readonly waiting: { readonly datagrams: number; readonly messages: number; readonly outgoing: number };
  readonly datagrams: TrafficReport;
  readonly messages: TrafficReport;
  /** What members sent that the rules of the ring forbid, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Addresses to join by, and whether a live member is there. */
  readonly peers: readonly { readonly address: string; readonly reached: boolean }[];
  /** Members that rumors are handed to at once. */
  readonly neighbours: readonly string[];
  /** Rumors not yet handed over. */
  readonly owed: number;
  /** For how long what is stored here has differed from what others store. */
  readonly different_for_ms: number;
  readonly disk: { readonly behind: boolean; readonly failure: string | null };
  readonly faults: number;
  readonly last_error: { readonly line: string; readonly seconds_ago: number } | null;
}

/** Of a machine that tells nothing. */
export const NO_INSIGHT: RingInsight = {
  awareness: 0,
  neighbours: [],
  servedOriginals: [],
  owed: 0,
  probing: [],
  missingPeers: [],
  differentForMs: 0,
  sizes: {},
};

/** What the machine tells about itself, gathered for the report. */
export class RingNotes {
  whyAware: string | null = null;
  readonly refused = new Map<string, number>();

  take(note: RingNote): void {
    if (note.kind === "awareness") this.whyAware = note.score === 0 ? null : note.why;
    if (note.kind !== "refused") return;
    const reason = `${note.what}: ${note.why}`;
    // Reasons may hold what others sent: no more of them are kept than a person reads.
    const key = this.refused.has(reason) || this.refused.size < MAX_REASONS ? reason : "others";
    this.refused.set(key, (this.refused.get(key) ?? 0) + 1);
  }
}

const MAX_REASONS = 50;

export interface HealthInput {
  readonly state: RingState;
  readonly health: RingHealth;
  readonly insight: RingInsight;
  readonly notes: RingNotes;
  readonly keyName: string | undefined;
  /** On the clock of `RingHealth`. */
  readonly nowMs: number;
}

export function healthReport({ health, insight, notes, keyName, nowMs }: HealthInput): RingHealthReport {
  const { lag, connections, waiting, disk, lastError } = health;
  return {
    ring_key: keyName ?? null,
    lag_ms: { last: rounded(lag.lastMs), worst: rounded(lag.worstMs) },
    awareness: { score: insight.awareness, why: notes.whyAware },
    connections: {
      incoming: connections.incoming,
      outgoing: connections.outgoing,
      closed: occurred(connections.closed),
    },
    waiting: { datagrams: waiting.datagrams, messages: waiting.messages, outgoing: waiting.outgoing },
    datagrams: trafficReport(health.datagrams),
    messages: trafficReport(health.messages),
    refused: Object.fromEntries(notes.refused),
    peers: peersOf(health, insight),
    neighbours: insight.neighbours,
    owed: insight.owed,
    different_for_ms: Math.round(insight.differentForMs),
    disk: { behind: disk.behind, failure: disk.failure ?? null },
    faults: health.faults,
    last_error:
      lastError === undefined
        ? null
        : { line: lastError.line, seconds_ago: Math.max(0, Math.floor((nowMs - lastError.at) / 1000)) },
  };
}

function trafficReport({ in: received, out: sent, dropped }: RingHealth["datagrams"]): TrafficReport {
  return { received: { ...received }, sent: { ...sent }, dropped: occurred(dropped) };
}

function occurred(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

function peersOf({ peers }: RingHealth, { missingPeers }: RingInsight): RingHealthReport["peers"] {
  const missing = new Set(missingPeers.map(({ host, port }) => addressText(host, port)));
  return peers.map(({ host, port }) => {
    const address = addressText(host, port);
    return { address, reached: !missing.has(address) };
  });
}

function addressText(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What is wrong with this member itself, a sentence each, for `hab ring status`. */
export function troublesOf(input: Omit<HealthInput, "nowMs">): string[] {
  const { state, health, insight, keyName } = input;
  const peers = peersOf(health, insight);
  const troubles: string[] = [];
  if (peers.length > 0 && peers.every(({ reached }) => !reached) && isAlone(state)) {
    troubles.push(`no peer is reached: ${peers.map(({ address }) => address).join(", ")}`);
    if (health.datagrams.dropped["wrong-key"] > 0) {
      const ours =
        keyName === undefined ? "this one has no ring key" : `this one has the ring key ${keyName}`;
      troubles.push(`others speak with another ring key, or without one; ${ours}`);
    }
  }
  if (health.disk.failure !== undefined)
    troubles.push(`the state of the ring cannot be saved: ${health.disk.failure}`);
  return troubles;
}

function isAlone(state: RingState): boolean {
  return memberEntries(state).every(({ member, health }) => member.id === state.self || health !== "alive");
}
