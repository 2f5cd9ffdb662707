// Everything a service needs before it can start, read from disk: package, configuration, templates
// (reference/services.md §5.1 step 1).
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import {
  type FullIdent,
  findInstalled,
  formatIdent,
  HOOK_SETTINGS_FILE,
  type InstalledPackage,
  type PackageIdent,
  readHookSettings,
} from "../../package/index.ts";
import { checkBinds } from "../census/binds.ts";
import type { Census } from "../census/census.ts";
import { supervisorErrors } from "../errors.ts";
import { formatServiceGroup, type ServiceBind, serviceGroupOf } from "../group.ts";
import type { Output } from "../output.ts";
import type { ServiceSpec } from "../spec/spec.ts";
import { ServiceConfig } from "./config.ts";
import { readServicePackage } from "./package.ts";
import type { ServiceParts } from "./ports.ts";
import { loadTemplates } from "./templates.ts";

/** `previous`: the configuration of the same service before it was stopped to start again. */
export type BuildService = (
  spec: ServiceSpec,
  desired: FullIdent | undefined,
  previous?: ServiceConfig,
) => Promise<ServiceParts>;

export interface BuildOptions {
  readonly organization: string | undefined;
  readonly output: Output;
  readonly census: () => Census;
}

/** Makes the function that builds services; `desired` picks a release other than the newest installed. */
export function serviceBuilder({ organization, output, census }: BuildOptions): BuildService {
  return async (spec, desired, previous) => {
    const installed = findInstalled(desired ?? spec.ident) ?? findInstalled(spec.ident);
    if (installed === undefined) {
      throw releaseMissing(spec.ident);
    }
    assertBinds(installed, spec.binds);
    const group = serviceGroupOf(spec.ident.name, spec.group, organization);
    const directory = spec.configFrom ?? installed.path;
    const hooks = readHookSettings(directory);
    for (const name of hooks.unknown) {
      const place = join(directory, HOOK_SETTINGS_FILE);
      output.line(spec.ident.name, "HK", `${place}: nothing is known of ${name}, which is passed over`);
    }
    const pkg = readServicePackage(installed, hooks.settings);
    const config = await ServiceConfig.load(spec.ident.name, directory, previous);
    const { name } = spec.ident;
    const templates = await loadTemplates(directory, {
      problem: (_hook, message) => output.line(name, "HK", `Failed to load hook: ${message}`),
      deprecated: (key, warning) => {
        for (const line of warning.split("\n")) output.line(name, key, line);
      },
    });
    const applied = census().groups.get(formatServiceGroup(group))?.serviceConfig;
    if (applied !== undefined) config.apply(applied.incarnation, applied.value);
    return { spec, group, pkg, config, templates };
  };
}

export function releaseMissing(ident: PackageIdent): HabError {
  return new HabError(
    supervisorErrors.packageMissing,
    `Cannot find a release of package: ${formatIdent(ident)}`,
  );
}

/** Refuses a package without a run hook (§2.3). Throws `notRunnable`. */
export function assertRunnable(installed: InstalledPackage): void {
  if (installed.isRunnable) return;
  throw new HabError(
    supervisorErrors.notRunnable,
    `Package is not runnable: ${formatIdent(installed.ident)}`,
  );
}

/** Compares mapped binds with those of the package (§2.3). Throws `missingBinds` or `invalidBinds`. */
export function assertBinds(installed: InstalledPackage, mapped: readonly ServiceBind[]): void {
  const { missing, invalid } = checkBinds(
    mapped,
    new Map(installed.binds.map((bind) => [bind.name, bind.exports])),
    new Map(installed.optionalBinds.map((bind) => [bind.name, bind.exports])),
  );
  if (missing.length > 0) {
    throw new HabError(supervisorErrors.missingBinds, `Missing required bind(s), ${missing.join(", ")}`);
  }
  if (invalid.length > 0) {
    throw new HabError(supervisorErrors.invalidBinds, `Invalid bind(s), ${invalid.join(", ")}`);
  }
}
