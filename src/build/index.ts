// The build room: plan → hart. Nothing heavy is loaded before a plan is built.
import type { BuildOptions } from "./build.ts";
import type { RecordedPackage, readSignedProvenance as readSigned } from "./records/read.ts";
import type { Reproduction } from "./records/reproduce.ts";

export type { BuildOptions, BuildStreams } from "./build.ts";
export { buildErrors } from "./errors.ts";
export { findLeaks, type Leak } from "./hermetic.ts";
export type { HartDigest, LockMode } from "./records/build-lock.ts";
export type { HartComparison, HartDifference } from "./records/compare-harts.ts";
export type { RecordedPackage } from "./records/read.ts";
export { parseRelease } from "./records/release.ts";
export type { Reproduction } from "./records/reproduce.ts";
export type { DependencyInstaller, InstallRequest } from "./requests.ts";

/** Builds a package from a plan; see `build.ts`. */
export async function buildPlan(options: BuildOptions): Promise<number> {
  return (await import("./build.ts")).buildPlan(options);
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
