// The Supervisor's hold on the ring: what it announces and withdraws, what it takes in from the control gateway, and the
// census made of what all members told. What is acknowledged is on disk before (reference/butterfly.md §14, §15).
import { type FullIdent, formatIdent } from "../../package/index.ts";
import {
  CLIENT_ID,
  type ElectionKind,
  ownServiceRumor,
  type RingEvent,
  type RingState,
  type Rumor,
  type ServiceRumor,
} from "../../ring/index.ts";
import { formatToml } from "../../toml/index.ts";
import { type Census, type CensusCounters, emptyCensus, isStale, updateCensus } from "../census/census.ts";
import { exportedConfig } from "../config/exports.ts";
import { formatServiceGroup, type ServiceGroup } from "../group.ts";
import type { Output } from "../output.ts";
import type { ServiceParts } from "../service/ports.ts";
import { memberSys, type SysInfo } from "../sys.ts";
import { CensusFeed, type Decrypt } from "./census-feed.ts";

/** The member this Supervisor is: a node of the ring, or a stand-in in tests. */
export interface RingMember {
  readonly state: RingState;
  apply(event: RingEvent): void;
  /** Writes the state down; returns once it is on disk. */
  persist(): void;
  /** Whether we know what the ring knows, or that there is nobody to learn from. */
  hasArrived(): boolean;
}

export interface RingPortOptions {
  readonly member: RingMember;
  readonly sys: SysInfo;
  readonly output: Output;
  readonly decrypt: Decrypt;
}

/** What a member says of a service beside what it is; as it was said last where left out. */
export interface ToldOfService {
  /** The release it changes to, where that is not the one it runs. */
  readonly ident?: FullIdent;
  readonly pkgIncarnation?: bigint;
  /** Whether it is between two releases. */
  readonly changing?: boolean;
  /** Whether it is about to be stopped. */
  readonly draining?: boolean;
  /** Whether it says that it cannot do its work now. */
  readonly notReady?: boolean;
}

/** Counters no store has, to make the census anew when only a decryption finished. */
const NEVER: CensusCounters = {
  service: -1,
  election: -1,
  electionUpdate: -1,
  membership: -1,
  serviceConfig: -1,
  serviceFile: -1,
};

/** Between two censuses while the ring goes on telling: a burst of rumors leads to few. */
const REFRESH_PAUSE_MS = 50;

export class RingPort {
  readonly #options: RingPortOptions;
  readonly #feed: CensusFeed;
  /** The groups our services are or will be in; undefined before that is known. */
  #own: ReadonlySet<string> | undefined;
  #census: Census;
  #listener: () => void = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refreshedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: RingPortOptions) {
    this.#options = options;
    const { output, decrypt } = options;
    this.#feed = new CensusFeed({ state: this.state, output, decrypt, decrypted: () => this.refresh(true) });
    this.#census = emptyCensus(this.state.self);
  }

  /** Whether we know what the ring knows, or that there is nobody to learn from. */
  get hasArrived(): boolean {
    return this.#options.member.hasArrived();
  }

  get census(): Census {
    return this.#census;
  }

  get state(): RingState {
    return this.#options.member.state;
  }

  /** Calls `listener` after each change of the census. */
  onCensus(listener: () => void): void {
    this.#listener = listener;
  }

  /** Announces a service of ours with what it exports; a newer incarnation replaces the older one (§5.1 step 5). */
  announce({ group, pkg, config }: ServiceParts, told: ToldOfService = {}): void {
    const { ident = pkg.ident, pkgIncarnation = 0n } = told;
    const serviceGroup = formatServiceGroup(group);
    const stored = ownServiceRumor(this.state, serviceGroup);
    const known = stored?.pkgIncarnation ?? 0n;
    const value: ServiceRumor = {
      memberId: this.state.self,
      serviceGroup,
      incarnation: (stored?.incarnation ?? 0n) + 1n,
      initialized: false,
      pkg: formatIdent(ident),
      cfg: Buffer.from(formatToml(exportedConfig(pkg.exports, config.merged))),
      sys: memberSys(this.#options.sys),
      pkgIncarnation: pkgIncarnation > known ? pkgIncarnation : known,
      ...((told.changing ?? stored?.changing) === true && { changing: true }),
      ...((told.draining ?? stored?.draining) === true && { draining: true }),
      ...((told.notReady ?? stored?.notReady) === true && { notReady: true }),
    };
    if (this.#own !== undefined) this.#own = new Set([...this.#own, serviceGroup]);
    this.#apply({ kind: "announce", rumor: { kind: "service", fromId: this.state.self, value } });
    this.refresh();
  }

  /**
   * Withdraws every service of ours that is not in one of `groups`: stopped or unloaded, moved to another group, or left
   * from a Supervisor that ended before it could say so. Holds for what the ring tells us of ourselves later, too.
   */
  keepOnly(groups: ReadonlySet<string>): void {
    this.#own = groups;
    if (this.#withdrawOthers()) this.refresh();
  }

  /** Whether there was something to withdraw. */
  #withdrawOthers(): boolean {
    const own = this.#own;
    if (own === undefined) return false;
    const gone = [...this.state.services].flatMap(([group, members]) => {
      const service = members.get(this.state.self);
      return service === undefined || service.stopped === true || own.has(group) ? [] : [group];
    });
    for (const serviceGroup of gone) this.#apply({ kind: "withdraw", serviceGroup });
    return gone.length > 0;
  }

  /**
   * Stands in the group's election: of its leader (§14.3), or of who leads its rolling update (§15.3). The machine waits
   * with it until it knows what the ring knows.
   */
  elect(election: ElectionKind, serviceGroup: string, suitability: bigint): void {
    this.#apply({ kind: "elect", election, serviceGroup, suitability });
    this.refresh();
  }

  /** What the suitability hook says now, for elections to come. */
  tellSuitability(serviceGroup: string, suitability: bigint): void {
    this.#apply({ kind: "suitability", serviceGroup, suitability });
  }

  /** Has the leader of a group elected anew (§13.5). */
  reElect(serviceGroup: string): void {
    this.#apply({ kind: "re-elect", serviceGroup });
    this.refresh();
  }

  /** Leads the group's updates no more, if another member can: our service no longer takes part in them. */
  resignUpdates(serviceGroup: string): void {
    this.elect("election-update", serviceGroup, 0n);
    this.yieldUpdates(serviceGroup);
  }

  /** Has it elected anew who leads the group's updates, if we do. */
  yieldUpdates(serviceGroup: string): void {
    if (this.#census.groups.get(serviceGroup)?.updateLeaderId !== this.state.self) return;
    this.#apply({ kind: "re-elect", serviceGroup, election: "election-update" });
    this.refresh();
  }

  /** Applies configuration to a group. It is on disk when this returns; throws when it cannot be written. */
  setConfig(group: ServiceGroup, version: bigint, config: Uint8Array, encrypted: boolean): void {
    const serviceGroup = formatServiceGroup(group);
    const { serviceConfigs } = this.state;
    const stored = serviceConfigs.get(serviceGroup);
    if (stored !== undefined && version <= stored.incarnation) return;
    const value = { serviceGroup, incarnation: version, encrypted, config, fromId: CLIENT_ID };
    this.#tellOnceWritten({ kind: "service-config", fromId: CLIENT_ID, value }, () => {
      serviceConfigs.set(serviceGroup, value);
      return () => putBack(serviceConfigs, serviceGroup, stored);
    });
  }

  /** Takes in a file for a group. It is on disk when this returns; throws when it cannot be written. */
  putFile(
    group: ServiceGroup,
    version: bigint,
    filename: string,
    body: Uint8Array,
    encrypted: boolean,
  ): void {
    const serviceGroup = formatServiceGroup(group);
    const { serviceFiles } = this.state;
    const files = serviceFiles.get(serviceGroup);
    const stored = files?.get(filename);
    if (stored !== undefined && version <= stored.incarnation) return;
    const value = { serviceGroup, incarnation: version, encrypted, filename, body, fromId: CLIENT_ID };
    this.#tellOnceWritten({ kind: "service-file", fromId: CLIENT_ID, value }, () => {
      serviceFiles.set(serviceGroup, new Map(files).set(filename, value));
      return () => putBack(serviceFiles, serviceGroup, files);
    });
  }

  /** Marks a member as gone for good. When it is ourselves, the node says so (`departed`). */
  depart(memberId: string): void {
    const { departures } = this.state;
    const stored = departures.get(memberId);
    const value = { memberId };
    this.#tellOnceWritten({ kind: "departure", fromId: CLIENT_ID, value }, () => {
      departures.set(memberId, value);
      return () => putBack(departures, memberId, stored);
    });
  }

  /**
   * Writes the state down with the rumor in it, then takes it in: what is told cannot be taken back, so the disk goes
   * first. `store` puts it into its store and answers how to undo that.
   */
  #tellOnceWritten(rumor: Rumor, store: () => () => void): void {
    const undo = store();
    try {
      this.#options.member.persist();
    } finally {
      undo();
    }
    this.#apply({ kind: "announce", rumor });
    this.refresh();
  }

  #apply(event: RingEvent): void {
    this.#options.member.apply(event);
  }

  /** Writes the stores down, at an orderly end. */
  persist(): void {
    this.#options.member.persist();
  }

  /** The stores changed: brings the census up to date soon. Many calls lead to few censuses. */
  refreshSoon(): void {
    if (this.#timer !== undefined) return;
    const due = this.#refreshedAtMs + REFRESH_PAUSE_MS - performance.now();
    this.#timer = setTimeout(() => this.refresh(), Math.max(0, due));
  }

  /** Makes no further census. */
  close(): void {
    clearTimeout(this.#timer);
    this.#listener = () => {};
  }

  /** Brings the census up to date with the stores; tells the listener when it changed. */
  refresh(force = false): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#withdrawOthers();
    this.#refreshedAtMs = performance.now();
    if (!force && !isStale(this.#census, this.#feed.counters())) return;
    const before = force ? { ...this.#census, counters: NEVER } : this.#census;
    this.#census = updateCensus(before, this.#feed.sources());
    this.#listener();
    // `changed` holds for one look of everybody, as it does for one pass of the original's loop.
    this.#census = { ...this.#census, changed: false };
  }
}

function putBack<Value>(store: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) store.delete(key);
  else store.set(key, value);
}
