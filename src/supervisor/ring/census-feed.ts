// From the ring's stores to what the census is made of: configuration and files decrypted and decoded, once a version
// (reference/services.md §13, §14.1).
import { describeError } from "../../error/index.ts";
import {
  configFor,
  filesFor,
  memberEntries,
  type RingState,
  ringCounters,
  type ServiceConfigRumor,
  serviceGroups,
  serviceRumors,
} from "../../ring/index.ts";
import { parseToml, type TomlTable } from "../../toml/index.ts";
import type {
  CensusCounters,
  CensusSources,
  ConfigSource,
  ElectionSource,
  FileSource,
} from "../census/census.ts";
import type { Output } from "../output.ts";

/** Decrypts an encrypted rumor's content. Throws when a key is missing or does not fit. */
export type Decrypt = (content: Uint8Array) => Promise<Uint8Array>;

export interface CensusFeedOptions {
  readonly state: RingState;
  readonly output: Output;
  readonly decrypt: Decrypt;
  /** A decryption is done: the census is to be made anew. */
  readonly decrypted: () => void;
}

interface Decoded<T> {
  readonly incarnation: bigint;
  readonly value: T | undefined;
}

export class CensusFeed {
  readonly #options: CensusFeedOptions;
  readonly #configs = new Map<string, Decoded<TomlTable>>();
  readonly #decrypted = new Map<string, Decoded<Uint8Array>>();

  constructor(options: CensusFeedOptions) {
    this.#options = options;
  }

  /** How often each store changed. */
  counters(): CensusCounters {
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

  /** Everything the next census is made of. */
  sources(): CensusSources {
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
          stopped: rumor.stopped === true,
          changing: rumor.changing === true,
          draining: rumor.draining === true,
          notReady: rumor.notReady === true,
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
      counters: this.counters(),
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
        this.#options.decrypted();
      })
      .catch((error) => this.#warn(`Unable to decrypt ${key}: ${describeError(error)}`));
    return undefined;
  }

  #warn(content: string): void {
    this.#options.output.line("hab-sup", "CE", content);
  }
}

/** Exports by the bytes they were sent as: they change rarely, the census often. */
const decoded = new WeakMap<Uint8Array, TomlTable>();

function decodeExports(bytes: Uint8Array): TomlTable {
  const known = decoded.get(bytes);
  if (known !== undefined) return known;
  let table: TomlTable;
  try {
    table = parseToml(bytes, { source: "exported configuration" });
  } catch {
    // Compat: an export nobody can read counts as none.
    table = new Map();
  }
  decoded.set(bytes, table);
  return table;
}

const ELECTION_STATUS = { running: "Running", "no-quorum": "NoQuorum", finished: "Finished" } as const;

function electionSources(elections: RingState["elections"]): ElectionSource[] {
  return [...elections.values()].map(({ serviceGroup, candidate, status }) => ({
    serviceGroup,
    memberId: candidate,
    status: ELECTION_STATUS[status],
  }));
}
