// Builds a plan again and holds the result against a hart or an installed package: with the same release, the releases it was built with, and the
// same time. Nothing of the second build stays.
import { mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HabError } from "../../error/index.ts";
import {
  artifactFileName,
  formatIdent,
  installPath,
  parseFullIdent,
  releaseSeconds,
} from "../../package/index.ts";
import { type BuildOptions, buildPlan } from "../build.ts";
import { buildErrors } from "../errors.ts";
import { habRoot } from "../serving.ts";
import { compareHarts, type HartComparison } from "./compare-harts.ts";
import { type GivenMetadata, type GivenPackage, givenAt, metadataOf, metafileOf } from "./given.ts";
import { requireNoRelease } from "./lock-slot.ts";
import { PROVENANCE_FILE } from "./record-files.ts";

export interface Reproduction {
  readonly given: GivenPackage;
  readonly metadata: GivenMetadata;
  /** Exit status of the build; the comparison is there when it is 0. */
  readonly status: number;
  readonly comparison: HartComparison | undefined;
}

/**
 * Builds the plan of `options` as what is at `path` was built (a hart, or the directory of a package) and compares. Throws HAB-BLD-047 when that release is installed here (its
 * place is needed), HAB-BLD-048 when the plan is of another package, and what reading the hart throws.
 */
export async function reproduce(
  path: string,
  options: Omit<BuildOptions, "release" | "lock">,
): Promise<Reproduction> {
  const given = givenAt(path);
  const hart = await metadataOf(given);
  const root = habRoot(options.environment);
  requireNoRelease(hart.ident, root);
  const directory = mkdtempSync(join(tmpdir(), "hab-check-"));
  try {
    const results = join(directory, "results");
    const status = await buildPlan({
      ...options,
      release: hart.ident.release,
      lock: { kind: "hart", hart },
      environment: {
        ...options.environment,
        ...(await settingsOf(given, hart)),
        HAB_OUTPUT_PATH: results,
        HAB_CHECK_ARTIFACT_PATH: join(directory, "artifacts"),
      },
    });
    if (status !== 0) return { given, metadata: hart, status, comparison: undefined };
    const report = readFileSync(join(results, "last_build.env"), "utf8");
    const built = new Map(report.split("\n").map((line) => splitAtFirst(line, "=")));
    const file = built.get("pkg_artifact") ?? "";
    if (file !== artifactFileName(hart.ident, hart.target)) {
      const ident = parseFullIdent(built.get("pkg_ident") ?? "");
      removeRelease(installPath(ident, root));
      throw new HabError(
        buildErrors.notReproduced,
        `the plan builds ${formatIdent(ident)} for ${options.target}, but ${path} is ${formatIdent(hart.ident)} for ${hart.target}`,
        { next: "Check out the plan that it was built from." },
      );
    }
    const comparison = await compareHarts(given, join(results, file));
    return { given, metadata: hart, status, comparison };
  } finally {
    rmSync(directory, { recursive: true, force: true });
    removeRelease(installPath(hart.ident, root));
  }
}

/** The settings that the package was built with, as far as it tells; those of other programs are guessed as their defaults. */
async function settingsOf(given: GivenPackage, hart: GivenMetadata): Promise<Record<string, string>> {
  const text = await metafileOf(given, PROVENANCE_FILE);
  const settings = text === undefined ? undefined : internalParameters(text);
  const epoch = settings?.["sourceDateEpoch"] ?? releaseSeconds(hart.ident.release) ?? 0;
  return {
    SOURCE_DATE_EPOCH: String(epoch),
    HAB_HART_COMPRESSION_LEVEL: String(settings?.["compressionLevel"] ?? 6),
    HAB_BUILD_RECORDS: settings === undefined ? "off" : "on",
    HAB_ORIGIN: hart.ident.origin,
  };
}

function internalParameters(provenance: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const { predicate } = JSON.parse(provenance) as {
      predicate?: { buildDefinition?: { internalParameters?: Readonly<Record<string, unknown>> } };
    };
    return predicate?.buildDefinition?.internalParameters ?? {};
  } catch {
    return {};
  }
}

function splitAtFirst(line: string, separator: string): [string, string] {
  const at = line.indexOf(separator);
  return [line.slice(0, at), line.slice(at + 1)];
}

/** Removes what the build has installed, and the directories above that hold nothing else. */
function removeRelease(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  try {
    for (let parent = dirname(directory), level = 0; level < 3; parent = dirname(parent), level++)
      rmdirSync(parent);
  } catch {
    // Something else is there.
  }
}
