// Names of service groups and binds: `service.group[@org]` and `name:service.group[@org]` (reference/services.md §1).
import { HabError } from "../error/index.ts";
import { supervisorErrors } from "./errors.ts";

/** A set of instances of one service that share configuration; parts hold none of `.`, `#`, `@`. */
export interface ServiceGroup {
  readonly service: string;
  readonly group: string;
  readonly organization?: string;
}

/** A package's name for another service, mapped to the group that provides it. */
export interface ServiceBind {
  readonly name: string;
  readonly serviceGroup: ServiceGroup;
}

// Compat: an `app.env#` prefix of old versions is accepted and thrown away (§1).
const SERVICE_GROUP = /^(?:[^#@]+#)?(?<service>[^#@.]+)\.(?<group>[^#@.]+)(?:@(?<organization>[^#@.]+))?$/;

/** Parses `service.group[@org]`. Throws `invalidServiceGroup`. */
export function parseServiceGroup(text: string): ServiceGroup {
  const parts = SERVICE_GROUP.exec(text)?.groups;
  if (parts?.["service"] === undefined || parts["group"] === undefined) {
    throw new HabError(
      supervisorErrors.invalidServiceGroup,
      `Invalid service group: ${text}. A valid service group string is in the form service.group (example: redis.production)`,
    );
  }
  const organization = parts["organization"];
  return {
    service: parts["service"],
    group: parts["group"],
    ...(organization === undefined ? {} : { organization }),
  };
}

/** `service.group` or `service.group@org`. */
export function formatServiceGroup(group: ServiceGroup): string {
  const base = `${group.service}.${group.group}`;
  return group.organization === undefined ? base : `${base}@${group.organization}`;
}

/** Builds and checks a group from its parts, as the Supervisor does for each service it runs. */
export function serviceGroupOf(service: string, group: string, organization?: string): ServiceGroup {
  return parseServiceGroup(formatServiceGroup({ service, group, ...(organization ? { organization } : {}) }));
}

/** Parses `name:service.group[@org]`. Throws `invalidBinding` or `invalidServiceGroup`. */
export function parseBind(text: string): ServiceBind {
  const parts = text.split(":");
  const [name, group] = parts;
  if (parts.length !== 2 || name === undefined || group === undefined) {
    throw new HabError(
      supervisorErrors.invalidBinding,
      `Invalid binding '${text}', must be of the form <NAME>:<SERVICE_GROUP> where <NAME> is a service name, and <SERVICE_GROUP> is a valid service group`,
    );
  }
  return { name, serviceGroup: parseServiceGroup(group) };
}

export function formatBind(bind: ServiceBind): string {
  return `${bind.name}:${formatServiceGroup(bind.serviceGroup)}`;
}
