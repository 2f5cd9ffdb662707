// Installing: resolve, fetch, verify and unpack everything that is missing beside its place, and only then put it there,
// dependencies first (reference/packages.md §13). Until the first rename nothing can be seen; a failure leaves nothing.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { KeyCache, type Secret } from "../crypto/index.ts";
import { HabError, systemErrorCode } from "../error/index.ts";
import { artifactCachePath, fsRoot, isRegularFile, keyCachePath, syncFileSystem } from "../host/index.ts";
import { readMetafilesOf } from "./archive.ts";
import {
  type ArtifactContext,
  argumentProblem,
  asArgumentError,
  isDamage,
  peekIdent,
  stageArtifact,
  stagedDependencies,
  stageLocalHart,
} from "./artifact.ts";
import { artifactFileName } from "./artifact-name.ts";
import { packageErrors } from "./errors.ts";
import type { Report } from "./events.ts";
import { readHartHeader } from "./hart.ts";
import {
  type FullIdent,
  formatIdent,
  isFullIdent,
  type PackageIdent,
  parseFullIdent,
  parseIdent,
  satisfies,
} from "./ident.ts";
import { isNewer, newest } from "./order.ts";
import type { PackageSource } from "./source.ts";
import { explainSystemError, type Staging } from "./staging.ts";
import { findInstalled, isInstalled } from "./store.ts";
import { activeTarget } from "./target.ts";

/** Downloads at a time. More only makes each slower. */
const DOWNLOADS_AT_A_TIME = 4;

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
  /** Handed to install hooks as HAB_AUTH_TOKEN. */
  readonly token?: Secret<string>;
  readonly report?: Report;
  readonly signal?: AbortSignal;
  /** Where things are; the places of the current user when not given. */
  readonly root?: string;
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
    artifactCache: options.artifactCache ?? artifactCachePath(),
    keys: options.keyCache ?? new KeyCache(keyCachePath()),
    depot: offline ? undefined : options.depot,
    report,
  };
  report({ kind: "begin", source });
  const installed: FullIdent[] = [];
  let ident: FullIdent;
  if (parsed.kind === "hart") ident = await installHart(parsed.path, context, options, installed);
  else {
    ident = await resolveIdent(parsed.ident, context, options);
    await installClosure(ident, () => obtain(ident, context, options.signal), context, options, installed);
  }
  if (options.ignoreInstallHook !== true) {
    const { runPendingInstallHooks } = await import("./hooks.ts");
    await runPendingInstallHooks(ident, { ...options, root, report });
  }
  report({ kind: "end", ident, count: installed.length });
  return { ident, installed };
}

async function installHart(
  path: string,
  context: ArtifactContext,
  options: InstallOptions,
  installed: FullIdent[],
): Promise<FullIdent> {
  let ident: FullIdent | undefined;
  try {
    ident = await peekIdent(path);
  } catch (error) {
    throw error instanceof HabError ? asArgumentError(error) : error;
  }
  // No usable path inside: then the metadata says why, or which package it claims to be.
  ident ??= await identByMetadata(path);
  const stage = () => stageArgument(path, ident, context);
  await installClosure(ident, stage, context, options, installed);
  return ident;
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

/** Stages the package (unless it is installed) and all missing dependencies, then puts them in place. */
async function installClosure(
  ident: FullIdent,
  stage: () => Promise<Staging>,
  context: ArtifactContext,
  options: InstallOptions,
  installed: FullIdent[],
): Promise<void> {
  const { root, report } = context;
  const staged: Staging[] = [];
  try {
    let dependencies: readonly FullIdent[];
    const existing = findInstalled(ident, { root });
    if (existing !== undefined) {
      report({ kind: "using", ident });
      dependencies = existing.tdeps;
    } else {
      const top = await stage();
      staged.push(top);
      dependencies = stagedDependencies(top);
    }
    await stageDependencies(dependencies, context, options.signal, staged);
    options.signal?.throwIfAborted();
    if (staged[0] !== undefined) await syncOnThread(staged[0].directory);
    // What depends on others comes first in TDEPS, so it is put in place last; the package itself last of all.
    const [first, ...rest] = staged;
    const order =
      existing === undefined && first !== undefined ? [...rest.reverse(), first] : staged.slice().reverse();
    for (const each of order) {
      if (each.commit()) installed.push(each.ident);
      report({ kind: "installed", ident: each.ident });
    }
  } catch (error) {
    throw explainSystemError(error, ident);
  } finally {
    for (const each of staged) each.discard();
  }
}

/** Makes what was unpacked durable before it appears, away from the thread that others wait for. */
async function syncOnThread(directory: string): Promise<void> {
  const { Thread } = await import("./thread/thread.ts");
  const thread = await Thread.start();
  if (thread === undefined) {
    syncFileSystem(directory);
    return;
  }
  try {
    for await (const _ of thread.run({ kind: "sync", directory }));
  } finally {
    thread.stop();
  }
}

/** Fetches a few at a time, stages one after the other: decompressing takes all there is. */
async function stageDependencies(
  dependencies: readonly FullIdent[],
  context: ArtifactContext,
  signal: AbortSignal | undefined,
  staged: Staging[],
): Promise<void> {
  const missing: FullIdent[] = [];
  for (const ident of dependencies) {
    if (isInstalled(ident, context.root)) context.report({ kind: "using", ident });
    else if (!missing.some((other) => formatIdent(other) === formatIdent(ident))) missing.push(ident);
  }
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const fetches: Promise<string>[] = [];
  const startNext = () => {
    const ident = missing[fetches.length];
    if (ident === undefined) return;
    const fetch = findArtifact(ident, context, either);
    // Awaited in turn below; until then a failure must not count as unhandled.
    fetch.catch(() => undefined);
    fetches.push(fetch);
  };
  for (let i = 0; i < DOWNLOADS_AT_A_TIME; i++) startNext();
  try {
    for (const [i, ident] of missing.entries()) {
      signal?.throwIfAborted();
      const path = await (fetches[i] as Promise<string>);
      startNext();
      staged.push(await stageOrRefetch(path, ident, context, either));
    }
  } finally {
    stop.abort();
    await Promise.allSettled(fetches);
  }
}

async function obtain(
  ident: FullIdent,
  context: ArtifactContext,
  signal: AbortSignal | undefined,
): Promise<Staging> {
  return stageOrRefetch(await findArtifact(ident, context, signal), ident, context, signal);
}

/** Path of the artifact: the cached one, else freshly downloaded. */
async function findArtifact(
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
  const { mkdirSync } = await import("node:fs");
  mkdirSync(artifactCache, { recursive: true });
  return depot.download(
    ident,
    activeTarget(),
    artifactCache,
    (received, total) => report({ kind: "progress", ident, received, total }),
    signal,
  );
}

/** A cached artifact that proves bad is fetched again, once; the original fails for ever. */
async function stageOrRefetch(
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

/** The release to install (§13.3). */
async function resolveIdent(
  ident: PackageIdent,
  context: ArtifactContext,
  { channel, offline = false, ignoreLocal = false, signal }: InstallOptions,
): Promise<FullIdent> {
  if (isFullIdent(ident)) return ident;
  const { root, depot, report } = context;
  const local = findInstalled(ident, { root })?.ident;
  report({ kind: "resolving", ident, channel: offline ? undefined : channel });
  if (offline) return resolveOffline(ident, local, context);
  if (depot === undefined)
    throw new HabError(
      packageErrors.depotNeeded,
      `which release of ${formatIdent(ident)} to install, only a depot can tell`,
    );
  const target = activeTarget();
  const remote = await depot.latest(ident, { channel, target, ...(signal && { signal }) });
  if (remote !== undefined)
    return local !== undefined && !ignoreLocal && isNewer(local, remote) ? local : remote;
  if (local !== undefined && !ignoreLocal) {
    report({ kind: "not in channel", ident: local, channel });
    return local;
  }
  const channels = (await depot.channelsOf?.(ident, target)) ?? [];
  if (channels.length > 0) report({ kind: "found in channels", ident, channels });
  throw new HabError(
    packageErrors.notInChannel,
    `there is no ${formatIdent(ident)} for ${target} in the channel ${channel}`,
    channels.length === 0 ? {} : { next: `It is in ${channels.join(", ")}: add --channel ${channels[0]}.` },
  );
}

async function resolveOffline(
  ident: PackageIdent,
  local: FullIdent | undefined,
  context: ArtifactContext,
): Promise<FullIdent> {
  const cached = await newestCached(ident, context.artifactCache);
  const found = cached === undefined || (local !== undefined && isNewer(local, cached)) ? local : cached;
  if (found !== undefined) return found;
  throw new HabError(
    packageErrors.notOffline,
    `no installed package and no cached artifact satisfies ${formatIdent(ident)}`,
  );
}

/** The newest release in the artifact cache, by what the harts say of themselves; unreadable ones do not count. */
async function newestCached(ident: PackageIdent, artifactCache: string): Promise<FullIdent | undefined> {
  const prefix = `${ident.origin}-${ident.name}-`;
  const suffix = `-${activeTarget()}.hart`;
  const found: FullIdent[] = [];
  for (const name of namesIn(artifactCache)) {
    if (!name.startsWith(prefix) || !name.endsWith(suffix)) continue;
    const cached = await identOf(join(artifactCache, name));
    if (cached !== undefined && satisfies(cached, ident)) found.push(cached);
  }
  return newest(found);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}

async function identOf(path: string): Promise<FullIdent | undefined> {
  try {
    return parseFullIdent((await readMetafilesOf(path)).get("IDENT") ?? "");
  } catch {
    return undefined;
  }
}
