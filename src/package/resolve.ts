// Which release an identifier means: the newest in the channel, or offline the newest that is here (reference/packages.md
// §13.3).
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { HabError, systemErrorCode } from "../error/index.ts";
import { readMetafilesOf } from "./archive.ts";
import type { ArtifactContext } from "./artifact.ts";
import { packageErrors } from "./errors.ts";
import {
  type FullIdent,
  formatIdent,
  isFullIdent,
  type PackageIdent,
  parseFullIdent,
  satisfies,
} from "./ident.ts";
import { isNewer, newest } from "./order.ts";
import { findInstalled } from "./store.ts";
import { activeTarget } from "./target.ts";

export interface ResolveOptions {
  readonly channel: string;
  readonly offline?: boolean;
  readonly ignoreLocal?: boolean;
  readonly signal?: AbortSignal;
}

/** The release to install. Throws HAB-PKG errors `depotNeeded`, `notInChannel`, `notOffline`, and those of the depot. */
export async function resolveIdent(
  ident: PackageIdent,
  context: ArtifactContext,
  { channel, offline = false, ignoreLocal = false, signal }: ResolveOptions,
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
