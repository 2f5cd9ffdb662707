// What the simulator reads of a member's state: all its questions to `RingState` are asked here.
import type { Health } from "../member.ts";
import type { Election, ServiceRumor } from "../rumor.ts";
import { electionFor, healthOf, type RingState } from "../state.ts";

/** How often anything but elections and members changed; cheap, for "has anything changed since". */
export function rumorChanges({ counters }: RingState): number {
  return counters.services + counters.serviceConfigs + counters.serviceFiles + counters.departures;
}

export function memberChanges({ counters }: RingState): number {
  return counters.members;
}

export function electionChanges({ counters }: RingState): number {
  return counters.elections + counters.electionUpdates;
}

export function anyChanges(state: RingState): number {
  return memberChanges(state) + rumorChanges(state) + electionChanges(state);
}

export function membersKnown(state: RingState): number {
  return state.members.size;
}

export function membersAlive(state: RingState): number {
  return state.members.count("alive");
}

export function recordOf(
  state: RingState,
  memberId: string,
): { readonly health: Health; readonly incarnation: bigint } | undefined {
  const entry = state.members.get(memberId);
  return entry === undefined ? undefined : { health: entry.health, incarnation: entry.member.incarnation };
}

export function serviceOf(
  state: RingState,
  memberId: string,
  serviceGroup: string,
): ServiceRumor | undefined {
  return state.services.get(serviceGroup)?.get(memberId);
}

export { electionFor, healthOf };

/** Every member there is a record of, in no particular but always the same order. */
export function eachRecord(
  state: RingState,
  tell: (memberId: string, health: Health, incarnation: bigint) => void,
): void {
  for (const { member, health } of state.members.values()) tell(member.id, health, member.incarnation);
}

/** What was applied to the group, as a text that differs when the content does. */
export function configVersion(state: RingState, serviceGroup: string): string | undefined {
  const rumor = state.serviceConfigs.get(serviceGroup);
  return rumor === undefined
    ? undefined
    : `${rumor.incarnation}:${Buffer.from(rumor.config).toString("latin1")}`;
}

export function fileVersion(state: RingState, serviceGroup: string, filename: string): string | undefined {
  const rumor = state.serviceFiles.get(serviceGroup)?.get(filename);
  return rumor === undefined
    ? undefined
    : `${rumor.incarnation}:${Buffer.from(rumor.body).toString("latin1")}`;
}

export function termOf(
  state: RingState,
  kind: "election" | "election-update",
  serviceGroup: string,
): bigint | undefined {
  return (kind === "election" ? state.elections : state.electionUpdates).get(serviceGroup)?.term;
}

/** The leader a finished election names. */
export function leaderOf(state: RingState, serviceGroup: string): string | undefined {
  const election = electionFor(state, serviceGroup);
  return election?.status === "finished" ? election.candidate : undefined;
}

export function describeElection(election: Election | undefined): string {
  if (election === undefined) return "no election";
  return `${election.candidate.slice(0, 8)} ${election.status} in term ${election.term}`;
}

/** How many records each store holds. */
export function storeSizes(state: RingState): Readonly<Record<string, number>> {
  return {
    members: state.members.size,
    "members to probe": state.toProbe.size,
    services: innerSize(state.services),
    configurations: state.serviceConfigs.size,
    files: innerSize(state.serviceFiles),
    elections: state.elections.size,
    "update elections": state.electionUpdates.size,
    departures: state.departures.size,
  };
}

function innerSize(outer: ReadonlyMap<string, ReadonlyMap<string, unknown>>): number {
  let size = 0;
  for (const inner of outer.values()) size += inner.size;
  return size;
}

/** Every rumor but memberships and elections: its key as text, its version, and whose it is where it belongs to a member. */
export function* rumorVersions(state: RingState): Generator<{
  readonly key: string;
  readonly version: string;
  readonly owner?: string;
  readonly stopped?: boolean;
}> {
  for (const [group, services] of state.services)
    for (const [owner, rumor] of services) {
      const stopped = rumor.stopped === true;
      yield {
        key: `service ${group} of ${owner}`,
        version: `${rumor.incarnation}${stopped ? " stopped" : ""}`,
        owner,
        stopped,
      };
    }
  for (const group of state.serviceConfigs.keys())
    yield { key: `configuration of ${group}`, version: configVersion(state, group) ?? "" };
  for (const [group, files] of state.serviceFiles)
    for (const name of files.keys())
      yield { key: `file ${name} of ${group}`, version: fileVersion(state, group, name) ?? "" };
  for (const memberId of state.departures.keys()) yield { key: `departure of ${memberId}`, version: "" };
}
