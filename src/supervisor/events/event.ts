// What happens on a Supervisor, as `/events` tells it (docs/monitoring.md). Beyond the original.

export type HealthWord = "ok" | "warning" | "critical" | "unknown";
export type ElectionWord = "none" | "running" | "no-quorum" | "finished";
export type MemberWord = "alive" | "suspect" | "confirmed" | "departed";

/** By kind, what its data holds beside `at`. */
export interface EventData {
  /** A service was loaded or unloaded, its process started or ended, it was initialized, or another release runs. */
  readonly service: {
    readonly service_group: string;
    readonly package: string;
    readonly state: "up" | "down" | "unloaded";
    readonly pid: number | null;
    readonly initialized: boolean;
    readonly desired_state: "up" | "down";
  };
  readonly health: {
    readonly service_group: string;
    readonly result: HealthWord;
    readonly previous: HealthWord;
  };
  /** Whether it is ready has changed, or why it is not, or that it is about to be stopped. */
  readonly readiness: {
    readonly service_group: string;
    readonly ready: boolean;
    readonly reasons: readonly string[];
    readonly draining: boolean;
  };
  /** Configuration applied to a group has arrived here. */
  readonly config: { readonly service_group: string; readonly incarnation: string };
  /** A file uploaded to a group has arrived here. */
  readonly file: {
    readonly service_group: string;
    readonly filename: string;
    readonly incarnation: string;
  };
  readonly election: {
    readonly service_group: string;
    /** Of the group's leader, or of who leads its rolling update. */
    readonly election: "leader" | "update";
    readonly status: ElectionWord;
    readonly leader_id: string | null;
  };
  readonly member: {
    readonly member_id: string;
    readonly address: string;
    readonly health: MemberWord;
  };
}

export type EventKind = keyof EventData;

/** Something that happened. */
export type SupervisorEvent = {
  readonly [Kind in EventKind]: { readonly kind: Kind; readonly data: EventData[Kind] };
}[EventKind];
