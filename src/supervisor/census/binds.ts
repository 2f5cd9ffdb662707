// Whether the groups a service is bound to give what it needs (reference/services.md §12). Pure.
import { formatServiceGroup, type ServiceBind } from "../group.ts";
import { activeMembers, type Census, type CensusGroup, leaderOf } from "./census.ts";

export type BindStatus =
  | { readonly kind: "not-present" }
  | { readonly kind: "empty" }
  | { readonly kind: "missing-exports"; readonly missing: readonly string[] }
  | { readonly kind: "satisfied" };

/** The status of one bind; `required` are the exports the package asks of it. */
export function bindStatus(census: Census, bind: ServiceBind, required: readonly string[]): BindStatus {
  const group = census.groups.get(formatServiceGroup(bind.serviceGroup));
  if (group === undefined) return { kind: "not-present" };
  if (activeMembers(group).length === 0) return { kind: "empty" };
  const exported = groupExports(group);
  const missing = required.filter((name) => !exported.has(name));
  return missing.length === 0 ? { kind: "satisfied" } : { kind: "missing-exports", missing };
}

/** What a group exports: the leader's configuration, else that of the first active member. */
function groupExports(group: CensusGroup): ReadonlyMap<string, unknown> {
  return (leaderOf(group) ?? activeMembers(group)[0])?.cfg ?? new Map();
}

/** The line that tells an operator about a bind. */
export function describeBind(bind: ServiceBind, status: BindStatus): string {
  const group = formatServiceGroup(bind.serviceGroup);
  switch (status.kind) {
    case "not-present":
      return `The specified service group '${group}' for binding '${bind.name}' is not (yet?) present in the census data.`;
    case "empty":
      return `The specified service group '${group}' for binding '${bind.name}' is present in the census, but currently has no live members.`;
    case "missing-exports": {
      const missing = status.missing.map((name) => JSON.stringify(name)).join(", ");
      return `The group '${group}' cannot satisfy the \`${bind.name}\` bind because it does not export the following required fields: {${missing}}`;
    }
    case "satisfied":
      return `The group '${group}' satisfies the \`${bind.name}\` bind`;
  }
}

/** A package's binds: name → exports it needs. */
export type BindRequirements = ReadonlyMap<string, readonly string[]>;

export interface BindCheck {
  readonly missing: readonly string[];
  readonly invalid: readonly string[];
}

/** Compares what a spec maps with what a package declares (§2.3): required binds unmapped, mapped binds unknown. */
export function checkBinds(
  mapped: readonly ServiceBind[],
  required: BindRequirements,
  optional: BindRequirements,
): BindCheck {
  const names = new Set(mapped.map((bind) => bind.name));
  return {
    missing: [...required.keys()].filter((name) => !names.has(name)),
    invalid: [...names].filter((name) => !required.has(name) && !optional.has(name)),
  };
}
