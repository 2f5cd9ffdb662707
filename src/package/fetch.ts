// Getting an artifact: the cached one, else the depot's, verified while it arrives (reference/packages.md §13.4).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { bulkHashing } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { isRegularFile } from "../host/index.ts";
import { type ArtifactContext, isDamage, signingKey, stageArtifact } from "./artifact.ts";
import { artifactFileName } from "./artifact-name.ts";
import { packageErrors } from "./errors.ts";
import { HartCheck } from "./hart-check.ts";
import { type FullIdent, formatIdent } from "./ident.ts";
import type { Staging } from "./staging.ts";
import { activeTarget } from "./target.ts";

/** Finds the artifact of a release and stages it. */
export async function fetchAndStage(
  ident: FullIdent,
  context: ArtifactContext,
  signal: AbortSignal | undefined,
): Promise<Staging> {
  return stageOrRefetch(await findArtifact(ident, context, signal), ident, context, signal);
}

/** Path of the artifact: the cached one, else freshly downloaded. */
export async function findArtifact(
  ident: FullIdent,
  context: ArtifactContext,
  signal: AbortSignal | undefined,
): Promise<string> {
  const cached = join(context.artifactCache, artifactFileName(ident));
  if (isRegularFile(cached)) return cached;
  return download(ident, context, signal);
}

async function download(
  ident: FullIdent,
  context: ArtifactContext,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { depot, report, artifactCache } = context;
  if (depot === undefined)
    throw new HabError(packageErrors.notOffline, `the artifact of ${formatIdent(ident)} is not in the cache`);
  report({ kind: "downloading", ident });
  mkdirSync(artifactCache, { recursive: true });
  return depot.download(ident, activeTarget(), artifactCache, {
    onProgress: (received, total) => report({ kind: "progress", ident, received, total }),
    check: new HartCheck((signer) => signingKey(signer, context), await bulkHashing()),
    signal,
  });
}

/** A cached artifact that proves bad is fetched again, once; the original fails for ever. */
export async function stageOrRefetch(
  path: string,
  ident: FullIdent,
  context: ArtifactContext,
  signal: AbortSignal | undefined,
): Promise<Staging> {
  try {
    return await stageArtifact(path, ident, context);
  } catch (error) {
    if (!isDamage(error) || context.depot === undefined) throw error;
    context.report({ kind: "damaged", ident, problem: (error as Error).message });
    return stageArtifact(await download(ident, context, signal), ident, context);
  }
}
