// The Supervisor's hold on the ring's stores: what it announces, what it takes in from the control gateway, and the
// census made of them. What is acknowledged is on disk before (reference/butterfly.md §14, §15).
import { describeError } from "../error/index.ts";
import { formatIdent } from "../package/index.ts";
import {
  CLIENT_ID,
  configFor,
  filesFor,
  insertDeparture,
  insertService,
  insertServiceConfig,
  insertServiceFile,
  memberEntries,
  ownServiceRumor,
  type RingState,
  ringCounters,
  type ServiceConfigRumor,
  serviceGroups,
  serviceRumors,
  startElection,
} from "../ring/index.ts";
import { formatToml, parseToml, type TomlTable } from "../toml/index.ts";
import {
  type Census,
  type CensusCounters,
  type CensusSources,
  type ConfigSource,
  type ElectionSource,
  emptyCensus,
  type FileSource,
  isStale,
  updateCensus,
} from "./census/census.ts";
import { exportedConfig } from "./config/exports.ts";
import { formatServiceGroup, type ServiceGroup } from "./group.ts";
import type { Output } from "./output.ts";
import type { ServiceParts } from "./service/service.ts";
import type { SysInfo } from "./sys.ts";

/** Decrypts an encrypted rumor's content. Throws when a key is missing or does not fit. */
export type Decrypt = (content: Uint8Array) => Promise<Uint8Array>;

export interface RingPortOptions {
  readonly state: RingState;
  readonly sys: SysInfo;
  readonly output: Output;
  readonly decrypt: Decrypt;
  /** Writes the state down; returns once it is on disk. */
  readonly persist: () => void;
  readonly monotonicMs: () => number;
}

interface Decoded<T> {
  readonly incarnation: bigint;
  readonly value: T | undefined;
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

export class RingPort {
  readonly #options: RingPortOptions;
  readonly #configs = new Map<string, Decoded<TomlTable>>();
  readonly #decrypted = new Map<string, Decoded<Uint8Array>>();
  #census: Census;
  #listener: () => void = () => {};

  constructor(options: RingPortOptions) {
    this.#options = options;
    this.#census = emptyCensus(options.state.self);
  }

  get census(): Census {
    return this.#census;
  }

  get state(): RingState {
    return this.#options.state;
  }

  /** Calls `listener` after each change of the census. */
  onCensus(listener: () => void): void {
    this.#listener = listener;
  }

  /** Announces a service of ours with what it exports; a newer incarnation replaces the older one (§5.1 step 5). */
  announce({ group, pkg, config }: ServiceParts, pkgIncarnation = 0n): void {
    const { state, sys, monotonicMs } = this.#options;
    const serviceGroup = formatServiceGroup(group);
    const stored = ownServiceRumor(state, serviceGroup);
    const known = stored?.pkgIncarnation ?? 0n;
    insertService(
      state,
      {
        memberId: state.self,
        serviceGroup,
        incarnation: (stored?.incarnation ?? 0n) + 1n,
        initialized: false,
        pkg: formatIdent(pkg.ident),
        cfg: Buffer.from(formatToml(exportedConfig(pkg.exports, config.merged))),
        sys: {
          ip: sys.ip,
          hostname: sys.hostname,
          gossipIp: sys.gossipIp,
          gossipPort: sys.gossipPort,
          httpGatewayIp: sys.httpGatewayIp,
          httpGatewayPort: sys.httpGatewayPort,
          ctlGatewayIp: sys.ctlGatewayIp,
          ctlGatewayPort: sys.ctlGatewayPort,
        },
        pkgIncarnation: pkgIncarnation > known ? pkgIncarnation : known,
      },
      monotonicMs(),
    );
    this.refresh();
  }

  /** Begins the election of a leader for a group of ours (§14.3). */
  startElection(group: ServiceGroup): void {
    const serviceGroup = formatServiceGroup(group);
    if (this.#options.state.elections.has(serviceGroup)) return;
    startElection(this.#options.state, "election", serviceGroup, 0n, 0n);
    this.refresh();
  }

  /** Applies configuration to a group. It is on disk when this returns; throws when it cannot be written. */
  setConfig(group: ServiceGroup, version: bigint, config: Uint8Array, encrypted: boolean): void {
    const rumor = {
      serviceGroup: formatServiceGroup(group),
      incarnation: version,
      encrypted,
      config,
      fromId: CLIENT_ID,
    };
    const { state } = this.#options;
    const previous = state.serviceConfigs.get(rumor.serviceGroup);
    if (!insertServiceConfig(state, rumor)) return;
    this.#persistOr(() => {
      if (previous === undefined) state.serviceConfigs.delete(rumor.serviceGroup);
      else state.serviceConfigs.set(rumor.serviceGroup, previous);
    });
    this.refresh();
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
    const { state } = this.#options;
    const previous = state.serviceFiles.get(serviceGroup)?.get(filename);
    if (
      !insertServiceFile(state, {
        serviceGroup,
        incarnation: version,
        encrypted,
        filename,
        body,
        fromId: CLIENT_ID,
      })
    )
      return;
    this.#persistOr(() => {
      if (previous === undefined) state.serviceFiles.get(serviceGroup)?.delete(filename);
      else state.serviceFiles.get(serviceGroup)?.set(filename, previous);
    });
    this.refresh();
  }

  /** Marks a member as gone for good; whether that is ourselves. */
  depart(memberId: string): boolean {
    insertDeparture(this.#options.state, { memberId }, this.#options.monotonicMs());
    this.#options.persist();
    this.refresh();
    return this.#options.state.departed;
  }

  /** Writes the stores down, at an orderly end. */
  persist(): void {
    this.#options.persist();
  }

  #persistOr(undo: () => void): void {
    try {
      this.#options.persist();
    } catch (error) {
      undo();
      throw error;
    }
  }

  /** Brings the census up to date with the stores; tells the listener when it changed. */
  refresh(force = false): void {
    const counters = this.#counters();
    if (!force && !isStale(this.#census, counters)) return;
    const before = force ? { ...this.#census, counters: NEVER } : this.#census;
    this.#census = updateCensus(before, this.#sources(counters));
    this.#listener();
    // `changed` holds for one look of everybody, as it does for one pass of the original's loop.
    this.#census = { ...this.#census, changed: false };
  }

  #counters(): CensusCounters {
    const counters = ringCounters(this.#options.state);
    return {
      service: counters.services,
      election: counters.elections,
      electionUpdate: counters.electionUpdates,
      membership: counters.members,
      serviceConfig: counters.serviceConfigs,
      serviceFile: counters.serviceFiles,
    };
  }

  #sources(counters: CensusCounters): CensusSources {
    const { state } = this.#options;
    const configs: ConfigSource[] = [...state.serviceConfigs.keys()].flatMap((group) => this.#config(group));
    const files: FileSource[] = [...state.serviceFiles.keys()].flatMap((group) => this.#groupFiles(group));
    return {
      services: serviceGroups(state).flatMap((group) =>
        serviceRumors(state, group).map((rumor) => ({
          memberId: rumor.memberId,
          serviceGroup: rumor.serviceGroup,
          package: rumor.pkg,
          pkgIncarnation: rumor.pkgIncarnation,
          cfg: decodeExports(rumor.cfg),
          sys: rumor.sys,
        })),
      ),
      members: memberEntries(state).map(({ member, health }) => ({
        memberId: member.id,
        health,
        persistent: member.persistent,
        address: member.address,
        gossipPort: member.gossipPort,
      })),
      elections: electionSources(state.elections),
      updateElections: electionSources(state.electionUpdates),
      configs,
      files,
      counters,
    };
  }

  /** The applied configuration of a group; a broken one is told once, and the last good one stays in force (§13.1). */
  #config(serviceGroup: string): ConfigSource[] {
    const rumor = configFor(this.#options.state, serviceGroup);
    if (rumor === undefined) return [];
    const bytes = this.#plain(`config ${serviceGroup}`, rumor.incarnation, rumor.encrypted, rumor.config);
    let known = this.#configs.get(serviceGroup);
    if (bytes !== undefined && known?.incarnation !== rumor.incarnation) {
      known = { incarnation: rumor.incarnation, value: this.#parseConfig(rumor, bytes) ?? known?.value };
      this.#configs.set(serviceGroup, known);
    }
    if (known?.value === undefined) return [];
    return [{ serviceGroup, incarnation: known.incarnation, value: known.value }];
  }

  #parseConfig(rumor: ServiceConfigRumor, bytes: Uint8Array): TomlTable | undefined {
    const source = `configuration ${rumor.incarnation} of ${rumor.serviceGroup}`;
    try {
      return parseToml(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { source });
    } catch (error) {
      this.#warn(`Unable to use ${source}: ${describeError(error)}`);
      return undefined;
    }
  }

  #groupFiles(serviceGroup: string): FileSource[] {
    return filesFor(this.#options.state, serviceGroup).flatMap(
      ({ filename, incarnation, encrypted, body }) => {
        const plain = this.#plain(`file ${serviceGroup}/${filename}`, incarnation, encrypted, body);
        return plain === undefined ? [] : [{ serviceGroup, filename, incarnation, body: plain }];
      },
    );
  }

  /** Content as it is, or decrypted; undefined until that is done (the census is then made anew) or when it fails. */
  #plain(key: string, incarnation: bigint, encrypted: boolean, content: Uint8Array): Uint8Array | undefined {
    if (!encrypted) return content;
    const known = this.#decrypted.get(key);
    if (known?.incarnation === incarnation) return known.value;
    this.#decrypted.set(key, { incarnation, value: undefined });
    this.#options
      .decrypt(content)
      .then((value) => {
        this.#decrypted.set(key, { incarnation, value });
        this.refresh(true);
      })
      .catch((error) => this.#warn(`Unable to decrypt ${key}: ${describeError(error)}`));
    return undefined;
  }

  #warn(content: string): void {
    this.#options.output.line("hab-sup", "CE", content);
  }
}

function decodeExports(bytes: Uint8Array): TomlTable {
  try {
    return parseToml(bytes, { source: "exported configuration" });
  } catch {
    // Compat: an export nobody can read counts as none.
    return new Map();
  }
}

const ELECTION_STATUS = { running: "Running", "no-quorum": "NoQuorum", finished: "Finished" } as const;

function electionSources(elections: RingState["elections"]): ElectionSource[] {
  return [...elections.values()].map(({ serviceGroup, candidate, status }) => ({
    serviceGroup,
    memberId: candidate,
    status: ELECTION_STATUS[status],
  }));
}
