import { KeyCache, type Secret } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { artifactCachePath, fsRoot, isRegularFile, keyCachePath } from "../host/index.ts";
import { readMetafilesOf } from "./archive.ts";
import {
  type ArtifactContext,
  argumentProblem,
  asArgumentError,
  isDamage,
  peekIdent,
  stageLocalHart,
} from "./artifact.ts";
import { installClosure } from "./closure.ts";
import { packageErrors } from "./errors.ts";
import type { Report } from "./events.ts";
import { fetchAndStage } from "./fetch.ts";
import { readHartHeader } from "./hart.ts";
import { type FullIdent, type PackageIdent, parseFullIdent, parseIdent } from "./ident.ts";
import { runPendingInstallHooks } from "./pending-hooks.ts";
import { resolveIdent } from "./resolve.ts";
import type { PackageSource } from "./source.ts";
import type { Staging } from "./staging.ts";

export interface InstallOptions {
  /** An ident, or the path of a hart. */
  readonly source: string;
  readonly channel: string;
  /** Without one, only what is here can be installed. */
  readonly depot?: PackageSource;
  /** Ask no depot for anything. */
  readonly offline?: boolean;
  /** Take the channel's newest release even when an installed one is newer. */
  readonly ignoreLocal?: boolean;
  readonly ignoreInstallHook?: boolean;
  /** BLAKE2b-256 of harts by their idents: one that is unpacked must have it (HAB-PKG-073). Others may have any. */
  readonly hartDigests?: ReadonlyMap<string, string>;
  /** Handed to install hooks as HAB_AUTH_TOKEN. */
  readonly token?: Secret<string>;
  readonly report?: Report;
  readonly signal?: AbortSignal;
  /** Where things are; the places of the current user when not given. */
  readonly root?: string;
  /** Roots whose packages need not be installed again where they are only needed: who runs the package sees them, too. */
  readonly otherRoots?: readonly string[];
  readonly artifactCache?: string;
  readonly keyCache?: KeyCache;
}

export interface InstallResult {
  readonly ident: FullIdent;
  /** What was not there before, in the order in which it appeared. */
  readonly installed: readonly FullIdent[];
}

export type InstallSource =
  | { readonly kind: "ident"; readonly ident: PackageIdent }
  | { readonly kind: "hart"; readonly path: string };

/**
 * What a source argument means: an existing file is a hart, whatever its name. Throws errors with exit code 2: HAB-PKG-001,
 * HAB-PKG-030, or why the file is no hart.
 */
export async function parseInstallSource(text: string): Promise<InstallSource> {
  if (isRegularFile(text)) {
    try {
      await readHartHeader(text);
    } catch (error) {
      throw error instanceof HabError ? asArgumentError(error) : error;
    }
    return { kind: "hart", path: text };
  }
  if (/[^/]\.hart$/.test(text)) throw new HabError(packageErrors.sourceNotFound, `there is no file ${text}`);
  return { kind: "ident", ident: parseIdent(text) };
}

/**
 * Installs a package and its run-time dependencies and runs pending install hooks. Throws errors of this room, of crypto and
 * of the depot; what was installed before a failing hook stays.
 */
export async function installPackage(options: InstallOptions): Promise<InstallResult> {
  const { source, offline = false, report = () => undefined, root = fsRoot() } = options;
  const parsed = await parseInstallSource(source);
  const context: ArtifactContext = {
    root,
    ...(options.otherRoots && { otherRoots: options.otherRoots }),
    artifactCache: options.artifactCache ?? artifactCachePath(),
    keys: options.keyCache ?? new KeyCache(keyCachePath()),
    depot: offline ? undefined : options.depot,
    report,
    ...(options.hartDigests && { hartDigests: options.hartDigests }),
  };
  report({ kind: "begin", source });
  let installed: FullIdent[];
  let ident: FullIdent;
  if (parsed.kind === "hart") {
    const path = parsed.path;
    ident = await identOfHart(path);
    installed = await installClosure(
      ident,
      () => stageArgument(path, ident, context),
      context,
      options.signal,
    );
  } else {
    ident = await resolveIdent(parsed.ident, context, options);
    installed = await installClosure(
      ident,
      () => fetchAndStage(ident, context, options.signal),
      context,
      options.signal,
    );
  }
  if (options.ignoreInstallHook !== true) {
    await runPendingInstallHooks(ident, { ...options, root, report });
  }
  report({ kind: "end", ident, count: installed.length });
  return { ident, installed };
}

/** Which package the hart is, or says it is. What is wrong with it is an argument error (exit code 2). */
async function identOfHart(path: string): Promise<FullIdent> {
  try {
    // No usable path inside: then the metadata says why, or which package it claims to be.
    return (await peekIdent(path)) ?? (await identByMetadata(path));
  } catch (error) {
    throw error instanceof HabError ? asArgumentError(error) : error;
  }
}

async function identByMetadata(path: string): Promise<FullIdent> {
  try {
    const files = await readMetafilesOf(path);
    return parseFullIdent(files.get("IDENT") ?? "");
  } catch (error) {
    throw (await argumentProblem(path)) ?? error;
  }
}

/** A hart that cannot even be opened is a wrong argument; one that does not prove good is a failure. */
async function stageArgument(path: string, ident: FullIdent, context: ArtifactContext): Promise<Staging> {
  try {
    return await stageLocalHart(path, ident, context);
  } catch (error) {
    throw isDamage(error) ? ((await argumentProblem(path)) ?? error) : error;
  }
}
