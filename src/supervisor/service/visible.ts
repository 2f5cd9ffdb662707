// The part of the census a service's templates can see, as a text to compare: rendering is due when it changes.
import type { Census, CensusMember } from "../census/census.ts";
import { memberJson } from "../census/json.ts";
import { formatServiceGroup, type ServiceBind } from "../group.ts";

/** What templates of a service in `group` with these binds see of the census. */
export function visibleCensus({ groups }: Census, group: string, binds: readonly ServiceBind[]): string {
  const names = [group, ...binds.map((bind) => formatServiceGroup(bind.serviceGroup))];
  return names
    .map((name) => {
      const found = groups.get(name);
      if (found === undefined) return "";
      const { electionStatus, updateElectionStatus, leaderId, updateLeaderId } = found;
      const roles = [electionStatus, updateElectionStatus, leaderId, updateLeaderId].join(" ");
      return `${roles}${[...found.population.values()].map(fingerprint).join("")}`;
    })
    .join("\n");
}

/** Members stay the same value from census to census while nothing is said of them. */
const fingerprints = new WeakMap<CensusMember, string>();

function fingerprint(member: CensusMember): string {
  let text = fingerprints.get(member);
  if (text === undefined) {
    text = JSON.stringify(memberJson(member), (_key, value: unknown) => {
      if (typeof value === "bigint") return `${value}n`;
      return value instanceof Map ? [...value] : value;
    });
    fingerprints.set(member, text);
  }
  return text;
}
