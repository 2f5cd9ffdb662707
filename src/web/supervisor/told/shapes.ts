// What the Supervisor's pages are told, as JSON documents under keys (docs/supervisor-pages.md). Times are epoch milliseconds
// unless they say otherwise; numbers of 64 bits that JSON readers would round are texts.

/** Numbers of 64 bits that JSON readers would round are texts. */
export type WideNumber = number | string;

export type HealthText = "Ok" | "Warning" | "Critical" | "Unknown";

export type MemberHealthText = "alive" | "suspect" | "confirmed" | "departed";

/** By what its key begins with, what a document holds. The rest of the key names the thing. */
export interface PageDocuments {
  /** `self`: the member that is asked. */
  readonly self: SelfDocument;
  /** `service/NAME`: a loaded service. */
  readonly service: ServiceDocument;
  /** `detail/NAME`: what only the page of that service needs; null where no such service is loaded. */
  readonly detail: ServiceDetailDocument;
  /** `group/SERVICE_GROUP`. */
  readonly group: GroupDocument;
  /** `peer/SERVICE_GROUP/MEMBER_ID`: a member's service in a group. */
  readonly peer: PeerDocument;
  /** `member/MEMBER_ID`. */
  readonly member: MemberDocument;
}

export type DocumentKind = keyof PageDocuments;

export interface SelfDocument {
  readonly member_id: string;
  readonly hostname: string;
  readonly version: string;
  readonly organization: string | null;
  readonly started_at: number;
  readonly gossip_address: string;
  /** Whether what members tell each other is encrypted. Null where the ring is hidden. */
  readonly encrypted: boolean | null;
  /** `HAB_FEAT_REDACT_HTTP`: no configuration, groups or ring. */
  readonly redacted: boolean;
  /** Everything that is to run does. */
  readonly ready: boolean;
  /** What is not as it should be, a sentence each; at most `MAX_PROBLEMS`. */
  readonly problems: readonly string[];
  readonly more_problems: number;
  readonly members: Readonly<Record<MemberHealthText, number>>;
}

export interface LastEnd {
  readonly reason: string;
  readonly at: number;
  readonly pid: number | null;
}

export interface ServiceDocument {
  readonly name: string;
  readonly service_group: string;
  /** The release it runs or ran last, else what was asked for. */
  readonly package: string;
  readonly desired_state: "up" | "down";
  readonly state: "up" | "down";
  readonly pid: number | null;
  /** When it came into this state. */
  readonly since: number;
  readonly initialized: boolean;
  readonly health: HealthText;
  /** Null where it is not meant to run. */
  readonly ready: boolean | null;
  readonly reasons: readonly string[];
  readonly draining: boolean;
  readonly problems: readonly string[];
  readonly restart_count: number;
  readonly last_end: LastEnd | null;
  readonly next_restart_at: number | null;
  readonly topology: string;
  readonly update_strategy: string;
  readonly update_condition: string;
  readonly channel: string;
  /** What its next update waits for; null where it waits for nothing. */
  readonly update_waits: string | null;
}

export interface ServiceDetailDocument {
  readonly asked_for: string;
  readonly depot: string;
  readonly account: string;
  readonly binding_mode: string;
  readonly health_interval_ms: number;
  readonly shutdown_timeout_s: number;
  readonly config: ConfigDocument | null;
  readonly hooks: readonly HookDocument[];
  readonly binds: readonly BindDocument[];
}

export type LayerText = "default" | "environment" | "user" | "gossip";

export interface ConfigDocument {
  readonly values: readonly ConfigValue[];
  /** Values beyond `MAX_CONFIG_VALUES`. */
  readonly more_values: number;
  /** Layers there are. */
  readonly layers: readonly LayerText[];
  /** The version of what was applied to the group; null where nothing was. */
  readonly applied_version: string | null;
  /** What is wrong with a layer, while the last good one is in force. */
  readonly problems: readonly string[];
}

/** A value is TOML; null where it is a secret. */
export interface ConfigValue {
  readonly path: readonly string[];
  readonly value: string | null;
  readonly layer: LayerText;
  /** What layers below say, from the one that would count next. */
  readonly hides: readonly { readonly layer: LayerText; readonly value: string | null }[];
}

export interface HookDocument {
  readonly hook: string;
  /** The last run that has ended; null where none is known. */
  readonly last: HookRunDocument | null;
}

export interface HookRunDocument {
  readonly ended_at: number;
  /** Null where a Supervisor before this one ran it. */
  readonly seconds: number | null;
  /** How it ended, in words; null where that is not known. */
  readonly outcome: string | null;
  readonly ok: boolean | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether only the end of an output is here. */
  readonly cut: boolean;
}

export interface BindDocument {
  readonly name: string;
  readonly required: boolean;
  /** Null where nothing is bound to it, which only optional ones may be. */
  readonly service_group: string | null;
  readonly exports: readonly string[];
  readonly status: "unbound" | "not-present" | "empty" | "missing-exports" | "satisfied";
  readonly missing: readonly string[];
  /** Members that work may be sent to. */
  readonly serving: number;
  readonly members: number;
  /** Member id of who is asked first, and the name of its host. */
  readonly first: string | null;
  readonly first_host: string | null;
}

export type ElectionText = "none" | "running" | "no-quorum" | "finished";

export interface ElectionDocument {
  readonly status: ElectionText;
  readonly term: WideNumber;
  readonly candidate: string;
  readonly suitability: WideNumber;
  readonly votes: number;
  /** Members that can vote now. */
  readonly electorate: number;
  readonly quorum: boolean;
}

export interface GroupDocument {
  readonly service_group: string;
  /** Members with a service in the group that have not departed. */
  readonly members: number;
  readonly alive: number;
  /** Alive members that take work. */
  readonly serving: number;
  /** Null where the group elects no leader. */
  readonly election: ElectionDocument | null;
  readonly leader: string | null;
  readonly update: UpdateDocument | null;
  /** Members by release, most first; at most `MAX_RELEASES`. */
  readonly releases: readonly { readonly package: string; readonly members: number }[];
  readonly config_version: string | null;
  readonly files: readonly { readonly name: string; readonly version: string }[];
  /** Names of the hosts of those members that are named here, by id. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** Of a group that updates with the strategy `rolling`. */
export interface UpdateDocument {
  readonly election: ElectionDocument;
  readonly leader: string | null;
  /** The release its update leader tells. */
  readonly release: string | null;
  /** Members that are there, of those that are alive. */
  readonly done: number;
  readonly alive: number;
  /** Members between two releases now; at most `MAX_CHANGING`. */
  readonly changing: readonly string[];
  readonly under_way: boolean;
}

export interface PeerDocument {
  readonly service_group: string;
  readonly id: string;
  readonly self: boolean;
  readonly hostname: string;
  readonly ip: string;
  /** `host:port` of its HTTP gateway. */
  readonly gateway: string;
  readonly health: MemberHealthText | null;
  readonly package: string;
  readonly package_version: WideNumber;
  readonly changing: boolean;
  readonly draining: boolean;
  readonly not_ready: boolean;
  readonly leader: boolean;
  readonly update_leader: boolean;
  /** Whether it has voted in the election that is under way. */
  readonly voted: boolean | null;
}

export interface MemberDocument {
  readonly id: string;
  readonly self: boolean;
  /** Empty where it runs no service, which is how a member tells its name. */
  readonly hostname: string;
  readonly gateway: string;
  readonly health: MemberHealthText;
  readonly incarnation: WideNumber;
  readonly address: string;
  readonly since: number;
  readonly permanent: boolean;
  readonly implementation: "hab" | "habitat";
  /** Groups it has a service in; at most `MAX_GROUPS_OF_MEMBER`. */
  readonly groups: readonly string[];
}

/** An event of the time line; what else it holds depends on its kind (docs/monitoring.md). */
export type TimelineEntry = { readonly n: number; readonly at: number } & (
  | {
      readonly kind: "service";
      readonly service_group: string;
      readonly package: string;
      readonly state: "up" | "down" | "unloaded";
      readonly pid: number | null;
      readonly initialized: boolean;
      readonly desired_state: "up" | "down";
    }
  | {
      readonly kind: "health";
      readonly service_group: string;
      readonly result: string;
      readonly previous: string;
    }
  | {
      readonly kind: "readiness";
      readonly service_group: string;
      readonly ready: boolean;
      readonly reasons: readonly string[];
      readonly draining: boolean;
    }
  | { readonly kind: "config"; readonly service_group: string; readonly incarnation: string }
  | {
      readonly kind: "file";
      readonly service_group: string;
      readonly filename: string;
      readonly incarnation: string;
    }
  | {
      readonly kind: "election";
      readonly service_group: string;
      readonly election: "leader" | "update";
      readonly status: ElectionText;
      readonly leader_id: string | null;
    }
  | {
      readonly kind: "member";
      readonly member_id: string;
      readonly address: string;
      readonly health: MemberHealthText;
    }
);

/** What a stream begins with. */
export interface Hello {
  /** The clock of the Supervisor. */
  readonly now: number;
  /** Since when events are kept. */
  readonly since: number;
  /** Nothing of what was known before goes on. */
  readonly fresh: boolean;
}
