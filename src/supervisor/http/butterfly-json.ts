// The ring's stores as `/butterfly` shows them, key order included (reference/supervisor.md §14.2).
import type {
  Election,
  RingState,
  ServiceConfigRumor,
  ServiceFileRumor,
  ServiceRumor,
} from "../../ring/index.ts";
import { type JsonInput, parseToml } from "../../toml/index.ts";
import { memberSysFields } from "../census/json.ts";

const HEALTH = { alive: "Alive", suspect: "Suspect", confirmed: "Confirmed", departed: "Departed" } as const;
const STATUS = { running: "Running", "no-quorum": "NoQuorum", finished: "Finished" } as const;

/** The body of `/butterfly`. Each store stands there twice: raw, then flattened. */
export function butterflyJson(state: RingState): JsonInput {
  const services = nested(runningServices(state), serviceJson);
  const configs = flat(state.serviceConfigs, configJson);
  const files = nested(state.serviceFiles, fileJson);
  const elections = flat(state.elections, electionJson);
  const updates = flat(state.electionUpdates, electionJson);
  const departures = flat(state.departures, ({ memberId }) => ({ member_id: memberId }));
  const { counters } = state;
  return {
    member: memberJson(state),
    membership: membershipJson(state),
    service: store(services, counters.services),
    services,
    service_config: store(wrapped(configs, "service_config"), counters.serviceConfigs),
    latest_service_config: configs,
    service_file: store(files, counters.serviceFiles),
    service_files: files,
    election: store(wrapped(elections, "election"), counters.elections),
    latest_election: elections,
    election_update: store(wrapped(updates, "election"), counters.electionUpdates),
    latest_election_update: updates,
    departure: store(state.departures.size === 0 ? {} : { departure: departures }, counters.departures),
    departed_members: [...state.departures.keys()],
  };
}

type JsonObject = { [key: string]: JsonInput };

function store(list: JsonObject, counter: number): JsonInput {
  return { list, update_counter: BigInt(counter) };
}

function flat<T>(map: Iterable<readonly [string, T]>, show: (value: T) => JsonInput): JsonObject {
  return Object.fromEntries([...map].map(([key, value]) => [key, show(value)]));
}

function nested<T>(
  map: ReadonlyMap<string, ReadonlyMap<string, T>>,
  show: (value: T) => JsonInput,
): JsonObject {
  return flat(map, (inner) => flat(inner, show));
}

/** Stores with one rumor a group keep it under a fixed id. */
function wrapped(list: JsonObject, id: string): JsonObject {
  return Object.fromEntries(Object.entries(list).map(([key, rumor]) => [key, { [id]: rumor }]));
}

function memberJson(state: RingState): JsonInput {
  const members = flat(state.members, ({ member }) => ({
    id: member.id,
    incarnation: member.incarnation,
    address: member.address,
    swim_port: BigInt(member.swimPort),
    gossip_port: BigInt(member.gossipPort),
    persistent: member.persistent,
    departed: member.departed,
    probe_ping: member.probePing,
  }));
  const health = flat(state.members, (entry) => HEALTH[entry.health]);
  return { members, health, update_counter: BigInt(state.counters.members) };
}

function membershipJson(state: RingState): JsonInput {
  return flat(state.members, ({ member, health }) => ({
    address: member.address,
    gossip_port: BigInt(member.gossipPort),
    incarnation: member.incarnation,
    persistent: member.persistent,
    swim_port: BigInt(member.swimPort),
    health: HEALTH[health],
  }));
}

/** Without withdrawn ones: whoever reads this knows nothing of withdrawals. */
function runningServices({ services }: RingState): Map<string, Map<string, ServiceRumor>> {
  return new Map(
    [...services].flatMap(([group, members]) => {
      const running = [...members].filter(([, rumor]) => rumor.stopped !== true);
      return running.length === 0 ? [] : [[group, new Map(running)] as const];
    }),
  );
}

function serviceJson(rumor: ServiceRumor): JsonInput {
  return {
    member_id: rumor.memberId,
    service_group: rumor.serviceGroup,
    package: rumor.pkg,
    package_incarnation: rumor.pkgIncarnation,
    incarnation: rumor.incarnation,
    cfg: exports(rumor.cfg),
    sys: memberSysFields(rumor.sys),
    initialized: rumor.initialized,
  };
}

function exports(cfg: Uint8Array): JsonInput {
  try {
    return parseToml(cfg, { source: "exported configuration" });
  } catch {
    return {};
  }
}

function configJson(rumor: ServiceConfigRumor): JsonInput {
  return {
    from_id: rumor.fromId,
    service_group: rumor.serviceGroup,
    incarnation: rumor.incarnation,
    encrypted: rumor.encrypted,
    config: byteNumbers(rumor.config),
  };
}

function fileJson(rumor: ServiceFileRumor): JsonInput {
  return {
    from_id: rumor.fromId,
    service_group: rumor.serviceGroup,
    incarnation: rumor.incarnation,
    encrypted: rumor.encrypted,
    filename: rumor.filename,
    body: byteNumbers(rumor.body),
  };
}

function electionJson(election: Election): JsonInput {
  return {
    member_id: election.candidate,
    service_group: election.serviceGroup,
    term: election.term,
    suitability: election.suitability,
    status: STATUS[election.status],
    votes: [...election.votes],
  };
}

function byteNumbers(bytes: Uint8Array): bigint[] {
  return Array.from(bytes, BigInt);
}
