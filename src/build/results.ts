// What a build leaves in the results directory: the artifact, its report, its signed provenance (reference/plan-build.md §10.4,
// §10.5). Each appears whole, in this order (docs/decisions/0031-builds-that-are-cut-short.md).
import { chownSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  appearInOrder,
  removeIfPresent,
  sweepTemporaries,
  temporaryPathFor,
  UnnamedFile,
} from "../host/index.ts";
import { fillArchive, writeAll } from "../package/index.ts";
import { copyContent } from "./copy-config.ts";
import { settle, settleTimes } from "./records/settle.ts";
import type { RequestContext } from "./requests.ts";
import { digestsOfFile } from "./sha256.ts";

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
  /** The results directory. */
  readonly directory: string;
  /** The package's own directory. */
  readonly prefix: string;
  /** Path of the artifact in the cache. */
  readonly artifact: string;
  /** Metadata files that are not in the package before it is finished: TARGET, which makes it one. */
  readonly added: ReadonlyMap<string, Uint8Array>;
  readonly origin: string;
  /** 0 to 9. */
  readonly compressionLevel: number;
  readonly plan: string;
  /** Lines of the report, but for the digests. */
  readonly lines: readonly string[];
}

/**
 * Packs what was built: the artifact, then the package in its place, then the report that names both; only then the report of the
 * unfinished build goes. The disk is waited for once for all of them. Answers SHA-256 and BLAKE2b-256 of the artifact. Throws
 * HAB-BLD-003, errors of packing and of the key cache, the signal's reason, and system errors.
 */
export async function deliver(
  { directory, prefix, artifact, added, origin, compressionLevel, plan, lines }: Delivery,
  { records, root, signingKey, epochSeconds, signal }: RequestContext,
): Promise<readonly [string, string]> {
  settle(prefix, epochSeconds);
  mkdirSync(dirname(artifact), { recursive: true, mode: 0o755 });
  const files: UnnamedFile[] = [];
  const open = (path: string) => {
    const file = new UnnamedFile(path);
    files.push(file);
    return file;
  };
  const add = (path: string, content: Uint8Array) => writeAll(open(path).descriptor, content);
  try {
    const key = signingKey(origin);
    const packed = open(artifact);
    const archive = { directory: prefix, root, key, compressionLevel, epochSeconds, added, signal };
    await fillArchive(packed.descriptor, archive);
    const [sha256, blake2b] = await digestsOfFile(packed.place);
    const hart = open(join(directory, basename(artifact)));
    copyContent(packed.descriptor, hart.descriptor, artifact);
    for (const [name, content] of added) add(join(prefix, name), content);
    const report = join(directory, REPORT);
    add(report, Buffer.from(textOf([...lines, `pkg_sha256sum=${sha256}`, `pkg_blake2bsum=${blake2b}`])));
    const beside = await records.fileBeside(hart.path, sha256, key);
    if (beside !== undefined) add(beside.path, Buffer.from(beside.text));
    await appearInOrder(files.map((file) => ({ file, mode: 0o644 })));
    settleTimes([...[...added.keys()].map((name) => join(prefix, name)), prefix], epochSeconds);
    share(plan, [directory, hart.path, report, ...(beside === undefined ? [] : [beside.path])]);
    removeIfPresent(join(directory, UNFINISHED_REPORT));
    return [sha256, blake2b];
  } finally {
    for (const file of files) file.close();
  }
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
