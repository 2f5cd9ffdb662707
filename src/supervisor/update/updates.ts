// The updaters of all services: one for each that is to run and whose strategy looks for updates, from the moment it is
// loaded until it is stopped, whatever becomes of its process meanwhile (reference/services.md §15.4). A change of strategy,
// condition, channel or depot begins a new one.
import type { FullIdent } from "../../package/index.ts";
import type { Census } from "../census/census.ts";
import { formatServiceGroup } from "../group.ts";
import type { Output } from "../output.ts";
import { holdsUp } from "../plan/rolling.ts";
import { looksForUpdates } from "../plan/update.ts";
import { compareSpecs, type ServiceSpec } from "../spec/spec.ts";
import { type ChannelInterest, type ChannelNews, concerns } from "./depot-listener.ts";
import { startUpdater, type Updater, type UpdaterOptions } from "./updater.ts";

/** What an update needs to know and do about a service. */
export interface ServiceReleases {
  /** Which release runs; undefined while there is none or nothing is known of the service. */
  release(name: string): ServiceRelease | undefined;
  /** Begins to change to an installed release, see `UpdaterOptions`. */
  change(name: string, ident: FullIdent, begun: () => void): Promise<boolean>;
  tell(name: string, ident: FullIdent, pkgIncarnation: bigint): boolean;
}

export interface ServiceRelease {
  readonly ident: FullIdent;
  /** Milliseconds until it counts as settled, 0 when it does; undefined while its process is not up. */
  readonly settlesInMs: number | undefined;
  readonly busy: boolean;
}

export interface UpdateRing {
  readonly census: Census;
  readonly hasArrived: boolean;
  elect(election: "election-update", group: string, suitability: bigint): void;
  resignUpdates(group: string): void;
  yieldUpdates(group: string): void;
}

export interface UpdatesOptions
  extends Pick<UpdaterOptions, "periodMs" | "now" | "random" | "output" | "find" | "install"> {
  readonly memberId: string;
  readonly organization: string | undefined;
  readonly services: () => ServiceReleases;
  readonly ring: UpdateRing;
  readonly output: Output;
}

interface Held {
  readonly spec: ServiceSpec;
  readonly group: string;
  readonly updater: Updater;
}

export class Updates {
  readonly #options: UpdatesOptions;
  readonly #held = new Map<string, Held>();
  #wanted: ReadonlyMap<string, ServiceSpec> = new Map();

  constructor(options: UpdatesOptions) {
    this.#options = options;
  }

  /** Has exactly the updaters that these specs want. */
  keep(wanted: ReadonlyMap<string, ServiceSpec>): void {
    this.#wanted = wanted;
    for (const [name, held] of this.#held) {
      const spec = wanted.get(name);
      if (spec?.desiredState === "up" && compareSpecs(held.spec, spec) === "equal") continue;
      held.updater.stop();
      this.#held.delete(name);
      const led = held.spec.updateStrategy === "rolling" && spec?.desiredState === "up";
      // It stays in its group: another member has to lead the updates now.
      if (led && spec.updateStrategy !== "rolling") this.#options.ring.resignUpdates(held.group);
    }
    for (const [name, spec] of wanted) {
      if (this.#held.has(name) || spec.desiredState !== "up" || !looksForUpdates(spec.updateStrategy))
        continue;
      this.#held.set(name, this.#start(name, spec));
    }
  }

  #start(name: string, spec: ServiceSpec): Held {
    const { ring, services, memberId, organization: _, ...rest } = this.#options;
    const group = this.#groupOf(spec);
    const updater = startUpdater({
      ...rest,
      spec,
      group,
      facts: () => {
        const release = services().release(name);
        return {
          spec,
          memberId,
          group: ring.census.groups.get(group),
          arrived: ring.hasArrived,
          running: release?.ident,
          settlesInMs: release?.settlesInMs,
          busy: release?.busy ?? true,
        };
      },
      change: (ident, begun) => services().change(name, ident, begun),
      tell: (ident, pkgIncarnation) => services().tell(name, ident, pkgIncarnation),
      elect: (suitability) => ring.elect("election-update", group, suitability),
      yieldLead: () => ring.yieldUpdates(group),
    });
    return { spec, group, updater };
  }

  /** Channels whose changes concern a service. */
  interests(): ChannelInterest[] {
    return [...this.#held.values()].map(({ spec }) => ({
      url: spec.bldrUrl,
      origin: spec.ident.origin,
      channel: spec.channel,
    }));
  }

  /** A channel changed, or any of a depot may have. */
  channelChanged(news: ChannelNews): void {
    for (const { spec, updater } of this.#held.values())
      if (concerns(news, { url: spec.bldrUrl, origin: spec.ident.origin, channel: spec.channel }))
        updater.channelChanged();
  }

  /** Something happened to one service, or to the census. */
  wake(name?: string): void {
    if (name !== undefined) this.#held.get(name)?.updater.wake();
    else for (const { updater } of this.#held.values()) updater.wake();
  }

  /** What keeps a service from being updated, or others from being updated by it. */
  problem(name: string): string | undefined {
    const spec = this.#wanted.get(name);
    if (spec?.desiredState !== "up") return undefined;
    const { ring, memberId } = this.#options;
    const group = ring.census.groups.get(this.#groupOf(spec));
    if (holdsUp(spec, memberId, group))
      return `its group's update waits for it, which has the strategy ${spec.updateStrategy}: give it the strategy rolling, or unload it`;
    return this.#held.get(name)?.updater.problem();
  }

  /** What the next step of a service's update waits for at the moment. */
  waiting(name: string): string | undefined {
    return this.#held.get(name)?.updater.waiting();
  }

  /** Its name as written: a spec may name a group that can be none, which is the start's to say. */
  #groupOf({ ident, group }: ServiceSpec): string {
    const { organization } = this.#options;
    return formatServiceGroup({ service: ident.name, group, ...(organization ? { organization } : {}) });
  }

  /** What keeps groups from being updated, a sentence each. */
  problems(): string[] {
    return [...this.#wanted].flatMap(([name, spec]) => {
      const problem = this.problem(name);
      return problem === undefined ? [] : [`${this.#groupOf(spec)}: ${problem}`];
    });
  }

  close(): void {
    for (const { updater } of this.#held.values()) updater.stop();
    this.#held.clear();
  }
}
