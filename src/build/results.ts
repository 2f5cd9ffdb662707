// What a build leaves in the results directory: the artifact, its report, its signed provenance (reference/plan-build.md §10.4,
// §10.5). Each appears whole, in this order (docs/decisions/0031-builds-that-are-cut-short.md).
import { chownSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { KeyCache } from "../crypto/index.ts";
import { removeIfPresent, sweepTemporaries, temporaryPathFor, writeFileWhole } from "../host/index.ts";
import { LAST_METAFILE } from "../package/index.ts";
import { copyFileWhole } from "./copy-config.ts";
import type { RecordKeeper } from "./records/keeper.ts";
import { settleTimes } from "./records/settle.ts";

const UNFINISHED_REPORT = "pre_build.env";
const REPORT = "last_build.env";

/**
 * Makes the results directory ready before a plan's work begins: what a killed build has left there goes, and a report says
 * which build is under way. `plan` is whose owner gets the results. Throws system errors.
 */
export function beginResults(directory: string, plan: string, lines: readonly string[]): void {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  sweepTemporaries(directory);
  const path = join(directory, UNFINISHED_REPORT);
  const temporary = temporaryPathFor(path);
  // Whole, but not synced: after a power loss no build is under way.
  writeFileSync(temporary, textOf(lines), { mode: 0o644, flag: "wx" });
  renameSync(temporary, path);
  share(plan, [directory, path]);
}

/** A finished build. */
export interface Delivery {
  /** The artifact in the cache, and its SHA-256. */
  readonly artifact: string;
  readonly sha256: string;
  /** The results directory. */
  readonly directory: string;
  /** The package's own directory; TARGET, which makes it one, is written here unless `target` is empty. */
  readonly prefix: string;
  readonly target: string;
  readonly origin: string;
  readonly plan: string;
  /** Lines of the report. */
  readonly lines: readonly string[];
}

/**
 * The artifact, then the package in its place, then the report that names both; only then the report of the unfinished build
 * goes. Throws HAB-BLD-003, errors of the key cache and system errors.
 */
export async function deliver(
  { artifact, sha256, directory, prefix, target, origin, plan, lines }: Delivery,
  {
    records,
    keyCacheDirectory,
    epochSeconds,
  }: { records: RecordKeeper; keyCacheDirectory: string; epochSeconds: number },
): Promise<void> {
  const hart = join(directory, basename(artifact));
  await copyFileWhole(artifact, hart);
  if (target !== "") finishRelease(prefix, target, epochSeconds);
  const report = join(directory, REPORT);
  writeFileWhole(report, textOf(lines), { mode: 0o644 });
  const key = new KeyCache(keyCacheDirectory).latest("origin-secret", origin);
  const attestation = await records.writeBeside(hart, sha256, key);
  share(plan, [directory, hart, report, ...(attestation === undefined ? [] : [attestation])]);
  removeIfPresent(join(directory, UNFINISHED_REPORT));
}

/** From here on the prefix is a package. */
function finishRelease(prefix: string, target: string, epochSeconds: number): void {
  const path = join(prefix, LAST_METAFILE);
  writeFileWhole(path, `${target}\n`, { mode: 0o644 });
  settleTimes([path, prefix], epochSeconds);
}

/** Best effort: results belong to who owns the plan, also when root builds it. */
function share(plan: string, paths: readonly string[]): void {
  const { uid, gid } = statSync(plan);
  for (const path of paths) {
    try {
      chownSync(path, uid, gid);
    } catch {
      // Not ours to give away: they stay with who built.
    }
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
