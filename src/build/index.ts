// The build room: plan → hart. Nothing heavy is loaded before a plan is built.
import type { PackageIdent } from "../package/index.ts";
import type { BuildOptions } from "./build.ts";
import type { RecordedPackage, readSignedProvenance as readSigned } from "./records/read.ts";
import type { Reproduction } from "./records/reproduce.ts";
import type { Recording } from "./studio/record.ts";
import type { StudioReport, StudioSettings, StudioWork } from "./studio/studio.ts";

export type { BuildOptions, BuildStreams } from "./build.ts";
export { buildErrors } from "./errors.ts";
export { findLeaks, type Leak } from "./hermetic.ts";
export type {
  BuildEvent,
  Finding,
  Outcome,
  PlanGraph,
  PlanNode,
  Reason,
  RebuildPlan,
  Severity,
  Step,
} from "./plans/index.ts";
export type { HartDigest } from "./records/build-lock.ts";
export type { HartComparison, HartDifference } from "./records/compare-harts.ts";
export type { LockMode } from "./records/lock-slot.ts";
export type { RecordedPackage } from "./records/read.ts";
export { freshRelease, parseRelease } from "./records/release.ts";
export type { Reproduction } from "./records/reproduce.ts";
export type { DependencyInstaller, InstallRequest } from "./requests.ts";
export { CHECK_PLACE } from "./studio/mounts.ts";
export type { PackageFetcher, PackageSupply } from "./studio/packages.ts";
export { packageRoots, studioCache, studioName, studiosHome } from "./studio/places.ts";
export type { StudioReport, StudioSettings, StudioWork } from "./studio/studio.ts";
export { STUDIO_TYPES } from "./studio/types.ts";

/** Builds a package from a plan; see `build.ts`. */
export async function buildPlan(options: BuildOptions): Promise<number> {
  return (await import("./build.ts")).buildPlan(options);
}

/** Plans as text: checking them, their order, rebuilding them; see `plans/index.ts`. */
export function loadPlans(): Promise<typeof import("./plans/index.ts")> {
  return import("./plans/index.ts");
}

/** Builds a plan again and compares the result with a hart; see `records/reproduce.ts`. */
export async function reproduce(
  hart: string,
  options: Omit<BuildOptions, "release" | "lock">,
): Promise<Reproduction> {
  return (await import("./records/reproduce.ts")).reproduce(hart, options);
}

/** The SPDX document of a package; see `records/read.ts`. */
export async function readBill(of: RecordedPackage): Promise<Readonly<Record<string, unknown>>> {
  return (await import("./records/read.ts")).readBill(of);
}

/** The provenance statement in a package; see `records/read.ts`. */
export async function readProvenance(of: RecordedPackage): Promise<Readonly<Record<string, unknown>>> {
  return (await import("./records/read.ts")).readProvenance(of);
}

/** The signed provenance of a hart and who signed it; see `records/read.ts`. */
export async function readSignedProvenance(
  ...given: Parameters<typeof readSigned>
): Promise<Awaited<ReturnType<typeof readSigned>>> {
  return (await import("./records/read.ts")).readSignedProvenance(...given);
}

/** Works in a studio; see `studio/studio.ts`. */
export async function useStudio(
  settings: StudioSettings,
  work: StudioWork,
  report: StudioReport,
): Promise<number> {
  return (await import("./studio/studio.ts")).useStudio(settings, work, report);
}

/** Takes a studio away; see `studio/studio.ts`. */
export async function removeStudio(settings: Pick<StudioSettings, "root" | "user">): Promise<void> {
  return (await import("./studio/studio.ts")).removeStudio(settings);
}

/** Asks the machine around a studio for a package; see `studio/supply.ts`. */
export async function askSupply(ident: PackageIdent): Promise<string | undefined> {
  return (await import("./studio/supply.ts")).askSupply(ident);
}

/** Runs a command with a log; see `studio/record.ts`. */
export async function recordCommand(recording: Recording): Promise<number> {
  return (await import("./studio/record.ts")).recordCommand(recording);
}
