// For tests and pictures: the Supervisor's HTTP gateway with its pages, telling made-up things: as many members as one likes, in any
// state.
import { startHttpGateway } from "../../src/supervisor/http/gateway.ts";
import { Metrics } from "../../src/supervisor/http/metrics.ts";
import { PageFeed } from "../../src/supervisor/pages/feed.ts";
import { Timeline } from "../../src/supervisor/pages/timeline.ts";
import type { SourceName } from "../../src/supervisor/pages/topics.ts";
import { isOfSource } from "../../src/supervisor/pages/topics.ts";
import { lazyPages, type SupervisorTold } from "../../src/web/index.ts";

export interface Stage {
  readonly url: string;
  readonly timeline: Timeline;
  /** Sets documents, or with null removes them, and tells the pages. */
  set(documents: Readonly<Record<string, object | null>>): void;
  stop(): Promise<void>;
}

/** Bundled once for all stages of a test file. */
const files = lazyPages("supervisor");

/** Starts one; with `token` it asks for that. `port`: one that was in use before. */
export function startStage(options: { readonly token?: string; readonly port?: number } = {}): Stage {
  const documents = new Map<string, object>();
  const timeline = new Timeline(1000, Date.now);
  const feed = new PageFeed({
    run: crypto.randomUUID().slice(0, 8),
    redact: false,
    timeline,
    now: Date.now,
    failed: (message) => {
      throw new Error(message);
    },
    documents: {
      make(source: SourceName, put) {
        const isOf = isOfSource(source);
        const keys = [...documents.keys()].filter(isOf);
        for (const key of keys) put(key, documents.get(key));
        return new Set(keys);
      },
      forget() {},
    },
  });
  const gateway = startHttpGateway(
    {
      host: "127.0.0.1",
      port: options.port ?? 0,
      redact: false,
      pages: { files, feed },
      ...(options.token === undefined ? {} : { authToken: options.token }),
    },
    {} as Parameters<typeof startHttpGateway>[1],
    new Metrics(),
  );
  return {
    url: `http://127.0.0.1:${gateway.port}`,
    timeline,
    set(changed) {
      for (const [key, document] of Object.entries(changed))
        if (document === null) documents.delete(key);
        else documents.set(key, document);
      feed.ringChanged();
    },
    stop: () => gateway.stop(),
  };
}

const NOW = Date.now();
export const SELF_ID = "a".repeat(32);

export function selfDocument(change: Partial<SupervisorTold.SelfDocument> = {}): SupervisorTold.SelfDocument {
  return {
    member_id: SELF_ID,
    hostname: "alder",
    version: "2.1.78",
    organization: null,
    started_at: NOW - 3 * 3_600_000,
    gossip_address: "10.0.0.1:9638",
    encrypted: true,
    redacted: false,
    ready: true,
    problems: [],
    more_problems: 0,
    members: { alive: 1, suspect: 0, confirmed: 0, departed: 0 },
    ...change,
  };
}

export function serviceDocument(
  name: string,
  change: Partial<SupervisorTold.ServiceDocument> = {},
): SupervisorTold.ServiceDocument {
  return {
    name,
    service_group: `${name}.default`,
    package: `core/${name}/7.2.4/20260612080000`,
    desired_state: "up",
    state: "up",
    pid: 4711,
    since: NOW - 3_600_000,
    initialized: true,
    health: "Ok",
    ready: true,
    reasons: [],
    draining: false,
    problems: [],
    restart_count: 0,
    last_end: null,
    next_restart_at: null,
    topology: "standalone",
    update_strategy: "rolling",
    update_condition: "latest",
    channel: "stable",
    update_waits: null,
    ...change,
  };
}

export function detailDocument(
  change: Partial<SupervisorTold.ServiceDetailDocument> = {},
): SupervisorTold.ServiceDetailDocument {
  return {
    asked_for: "core/redis",
    depot: "https://depot.example.com",
    account: "hab:hab",
    binding_mode: "strict",
    health_interval_ms: 30_000,
    shutdown_timeout_s: 8,
    config: null,
    hooks: [],
    binds: [],
    ...change,
  };
}

export function memberDocument(
  index: number,
  change: Partial<SupervisorTold.MemberDocument> = {},
): SupervisorTold.MemberDocument {
  const id = index === 0 ? SELF_ID : index.toString(16).padStart(32, "0");
  const host = `host-${String(index).padStart(4, "0")}`;
  return {
    id,
    self: index === 0,
    hostname: index === 0 ? "alder" : host,
    gateway: `10.0.${index >> 8}.${index & 255}:9631`,
    health: "alive",
    incarnation: index % 7,
    address: `10.0.${index >> 8}.${index & 255}:9638`,
    since: NOW - index * 60_000,
    permanent: index % 50 === 0,
    implementation: "hab",
    groups: ["redis.default"],
    ...change,
  };
}

/** A ring of so many members, some of which are not well. */
export function ringOf(count: number): Record<string, SupervisorTold.MemberDocument> {
  const health = (index: number) =>
    index > 0 && index % 97 === 0 ? "suspect" : index > 0 && index % 211 === 0 ? "confirmed" : "alive";
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const document = memberDocument(index, { health: health(index) });
      return [`member/${document.id}`, document];
    }),
  );
}

export function peerDocument(
  index: number,
  change: Partial<SupervisorTold.PeerDocument> = {},
): SupervisorTold.PeerDocument {
  const { id, self, hostname, gateway } = memberDocument(index);
  return {
    service_group: "redis.default",
    id,
    self,
    hostname,
    gateway,
    ip: `10.0.${index >> 8}.${index & 255}`,
    health: "alive",
    package: "core/redis/7.2.4/20260612080000",
    package_version: 0,
    changing: false,
    draining: false,
    not_ready: false,
    leader: false,
    update_leader: false,
    voted: null,
    ...change,
  };
}
