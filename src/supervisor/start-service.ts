// What has to be there before a service can be started: its package, configuration, install hooks and directories
// (reference/services.md §5.1 steps 1–3). Each failure is told in the original's words.
import { dirname, join } from "node:path";
import { describeError, isKind } from "../error/index.ts";
import { sweepTemporaries } from "../host/index.ts";
import {
  createServiceDirectories,
  type FullIdent,
  findInstalled,
  formatIdent,
  packageErrors,
} from "../package/index.ts";
import { assertRunnable, type BuildService, releaseMissing } from "./service/build.ts";
import type { ServiceConfig } from "./service/config.ts";
import type { ServiceParts } from "./service/ports.ts";
import type { ServiceSpec } from "./spec/spec.ts";

export interface PrepareOptions {
  readonly build: BuildService;
  /** Installs the package of a spec that is not here. */
  readonly installMissing: (spec: ServiceSpec, signal: AbortSignal) => Promise<void>;
  /** Runs install hooks of the package and its dependencies that have not succeeded yet. Throws when one fails. */
  readonly runInstallHooks: (ident: FullIdent, spec: ServiceSpec, signal: AbortSignal) => Promise<void>;
}

/**
 * Whether a service can be made of this installed release: its binds, configuration, templates; its install hooks are run.
 * Throws what stands against it.
 */
export async function checkRelease(
  spec: ServiceSpec,
  ident: FullIdent,
  previous: ServiceConfig | undefined,
  { build, runInstallHooks }: PrepareOptions,
  signal: AbortSignal,
): Promise<void> {
  const installed = findInstalled(ident);
  if (installed === undefined) throw releaseMissing(ident);
  assertRunnable(installed);
  await build(spec, ident, previous);
  await runInstallHooks(ident, spec, signal);
}

/** Carries the line the original prints for a start that failed. */
export class StartFailure extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = "StartFailure";
  }
}

/** Who hears of a start on its way. */
export interface StartReport {
  readonly say: (content: string) => void;
  /** The service can be shown, whatever becomes of its start. */
  readonly built: (parts: ServiceParts) => void;
}

/** Makes everything ready; `desired` is the release an update chose. Throws `StartFailure`, also when the signal aborts. */
export async function prepareService(
  spec: ServiceSpec,
  desired: FullIdent | undefined,
  previous: ServiceConfig | undefined,
  options: PrepareOptions,
  signal: AbortSignal,
  { say, built }: StartReport,
): Promise<ServiceParts> {
  const shown = formatIdent(spec.ident);
  let parts: ServiceParts;
  try {
    if (findInstalled(spec.ident) === undefined) await options.installMissing(spec, signal);
    parts = await options.build(spec, desired, previous);
  } catch (error) {
    throw new StartFailure(`Unable to start ${shown}, ${describeError(error)}`, error);
  }
  built(parts);
  const { ident } = parts.pkg;
  say(`Starting ${shown} (${formatIdent(ident)})`);
  try {
    await options.runInstallHooks(ident, spec, signal);
  } catch (error) {
    throw new StartFailure(`Failed to run install hook for ${shown}, ${describeError(error)}`, error);
  }
  try {
    createServiceDirectories(parts.pkg.paths, parts.pkg.account);
  } catch (error) {
    say(`Can't create directory ${parts.pkg.paths.root}: ${describeError(error)}`);
    if (!isKind(error, packageErrors.serviceAccountMissing)) {
      say(
        `If this service is running as non-root, you'll need to create ${parts.pkg.paths.root} and give the current user write access to it`,
      );
    }
    throw new StartFailure(`${shown} failed to start`, error);
  }
  sweepService(parts);
  return parts;
}

/** Removes what a Supervisor that was killed left half-written. Only the one that holds the lock writes here. */
function sweepService({ pkg: { paths }, templates }: ServiceParts): void {
  const config = templates.configNames.map((name) => dirname(join(paths.config, name)));
  for (const directory of new Set([paths.root, paths.hooks, paths.files, paths.config, ...config]))
    sweepTemporaries(directory, { all: true });
}
