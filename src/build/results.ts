// What a build leaves in the results directory: the artifact, its report, its signed provenance (reference/plan-build.md §10.4,
// §10.5). Each appears whole, in this order (docs/decisions/0031-builds-that-are-cut-short.md).
import { chownSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  appearInOrder,
  removeIfPresent,
  sweepTemporaries,
  temporaryPathFor,
  UnnamedFile,
} from "../host/index.ts";
import { LAST_METAFILE, writeAll } from "../package/index.ts";
import { copyContent } from "./copy-config.ts";
import type { RecordKeeper } from "./records/keeper.ts";
import { settleTimes } from "./records/settle.ts";
import type { RequestContext } from "./requests.ts";

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
  try {
    writeFileSync(temporary, textOf(lines), { mode: 0o644, flag: "wx" });
    renameSync(temporary, path);
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  }
  share(plan, [directory, path]);
}

/** A finished build. */
export interface Delivery {
  /** The artifact, whole, that is not in the cache yet, and its SHA-256. */
  readonly artifact: UnnamedFile;
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
 * goes. The disk is waited for once for all of them. Throws HAB-BLD-002, -003, errors of the key cache and system errors.
 */
export async function deliver(
  { artifact, sha256, directory, prefix, target, origin, plan, lines }: Delivery,
  {
    records,
    signingKey,
    epochSeconds,
  }: { records: RecordKeeper; signingKey: RequestContext["signingKey"]; epochSeconds: number },
): Promise<void> {
  const name = basename(artifact.path);
  const hart = new UnnamedFile(join(directory, name));
  const files = [artifact, hart];
  const add = (path: string, text: string) => {
    const file = new UnnamedFile(path);
    files.push(file);
    writeAll(file.descriptor, Buffer.from(text));
    return file;
  };
  try {
    copyContent(artifact.descriptor, hart.descriptor, artifact.path);
    const metafile = target === "" ? undefined : add(join(prefix, LAST_METAFILE), `${target}\n`);
    const report = add(join(directory, REPORT), textOf(lines));
    const beside = await records.fileBeside(hart.path, sha256, signingKey(origin));
    if (beside !== undefined) add(beside.path, beside.text);
    await appearInOrder(files.map((file) => ({ file, mode: 0o644 })));
    if (metafile !== undefined) settleTimes([metafile.path, prefix], epochSeconds);
    share(plan, [directory, hart.path, report.path, ...(beside === undefined ? [] : [beside.path])]);
  } finally {
    for (const file of files) file.close();
  }
  removeIfPresent(join(directory, UNFINISHED_REPORT));
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
