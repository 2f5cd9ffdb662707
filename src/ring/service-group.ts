// Service groups in text: `service.group`, `service.group@organization` (reference/packages.md §6.8).
import { HabError } from "../error/index.ts";
import { ringErrors } from "./errors.ts";

export interface ServiceGroup {
  readonly service: string;
  readonly group: string;
  readonly organization?: string;
}

const SERVICE_GROUP = /^(?:[^#@]+#)?([^#@.]+)\.([^#@.]+)(?:@([^#@.]+))?$/;

/** Parses; the legacy `application.environment#` in front is accepted and dropped. Throws `malformedServiceGroup`. */
export function parseServiceGroup(text: string): ServiceGroup {
  const [, service, group, organization] = SERVICE_GROUP.exec(text) ?? [];
  if (service === undefined || group === undefined)
    throw new HabError(
      ringErrors.malformedServiceGroup,
      `Invalid service group: ${text}. A valid service group string is in the form service.group (example: redis.production)`,
    );
  return organization === undefined ? { service, group } : { service, group, organization };
}

export function formatServiceGroup({ service, group, organization }: ServiceGroup): string {
  return organization === undefined ? `${service}.${group}` : `${service}.${group}@${organization}`;
}
