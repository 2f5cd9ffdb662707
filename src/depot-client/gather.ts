// Gathering packages into a directory: seeds, everything they need, and the keys that signed them
// (reference/packages.md §18.1).
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { formatNamedRevision, type KeyCache, type NamedRevision, parseKey } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { isRegularFile } from "../host/index.ts";
import {
  artifactFileName,
  type FullIdent,
  formatIdent,
  isFullIdent,
  type OnProgress,
  type PackageIdent,
  readHartHeader,
  type Target,
  verifyHart,
} from "../package/index.ts";
import { clientErrors } from "./errors.ts";
import type { DepotClient } from "./types.ts";

/** Packages asked for, of one target and from one channel. */
export interface SeedSet {
  readonly target: Target;
  readonly channel: string;
  readonly idents: readonly PackageIdent[];
}

export interface GatherOptions {
  /** Harts go here; it must exist. */
  readonly artifacts: string;
  /** Public keys go here. */
  readonly keys: KeyCache;
  /** Checks every signature, also of harts that were here before. */
  readonly verify: boolean;
  /** Passes over seeds the depot does not have. */
  readonly ignoreMissingSeeds: boolean;
  readonly report: (event: GatherEvent) => void;
  /** Told of each download's bytes; asked once for each. */
  readonly progress?: (name: string) => OnProgress;
  readonly signal?: AbortSignal | undefined;
}

export type GatherEvent =
  | { readonly kind: "set"; readonly set: SeedSet }
  | { readonly kind: "determining"; readonly ident: PackageIdent }
  | {
      readonly kind: "using" | "downloading" | "cached" | "downloaded" | "verified";
      readonly ident: FullIdent;
    }
  | { readonly kind: "missing-seed"; readonly ident: PackageIdent; readonly set: SeedSet }
  | { readonly kind: "found"; readonly count: number }
  | { readonly kind: "key"; readonly key: string };

export interface Gathered {
  readonly ident: string;
  readonly target: Target;
  readonly path: string;
  readonly downloaded: boolean;
}

/** Gathers all sets. Throws HabError; what is complete stays, nothing half-written does. */
export async function gatherPackages(
  client: DepotClient,
  sets: readonly SeedSet[],
  options: GatherOptions,
): Promise<Gathered[]> {
  const wanted = new Map<string, { ident: FullIdent; target: Target }>();
  for (const set of sets) {
    options.report({ kind: "set", set });
    for (const seed of set.idents)
      for (const ident of await withDependencies(client, seed, set, options))
        wanted.set(`${formatIdent(ident)} ${set.target}`, { ident, target: set.target });
  }
  options.report({ kind: "found", count: wanted.size });
  const gathered: Gathered[] = [];
  for (const { ident, target } of wanted.values())
    gathered.push(await gather(client, ident, target, options));
  return gathered;
}

async function withDependencies(
  client: DepotClient,
  seed: PackageIdent,
  set: SeedSet,
  options: GatherOptions,
): Promise<FullIdent[]> {
  options.report({ kind: "determining", ident: seed });
  // Compat: a complete ident is looked for where every package is, whatever the set's channel.
  const channel = isFullIdent(seed) ? "unstable" : set.channel;
  const { target } = set;
  const found = await client.packageInChannel(seed, { channel, target, signal: options.signal });
  if (found === undefined) {
    options.report({ kind: "missing-seed", ident: seed, set });
    if (options.ignoreMissingSeeds) return [];
    throw new HabError(
      clientErrors.seedNotFound,
      `${formatIdent(seed)} for ${target} is not in the channel ${channel} of ${client.url}`,
    );
  }
  options.report({ kind: "using", ident: found.ident });
  return [found.ident, ...found.tdeps];
}

async function gather(
  client: DepotClient,
  ident: FullIdent,
  target: Target,
  options: GatherOptions,
): Promise<Gathered> {
  const name = artifactFileName(ident, target);
  const path = join(options.artifacts, name);
  const present = isRegularFile(path);
  if (present) options.report({ kind: "cached", ident });
  else {
    options.report({ kind: "downloading", ident });
    await client.downloadPackage(ident, target, options.artifacts, {
      onProgress: options.progress?.(name),
      signal: options.signal,
    });
    options.report({ kind: "downloaded", ident });
  }
  const { signer } = await readHartHeader(path);
  await fetchKey(client, signer, options);
  if (options.verify) {
    await verifyHart(path, options.keys);
    options.report({ kind: "verified", ident });
  }
  return { ident: formatIdent(ident), target, path, downloaded: !present };
}

async function fetchKey(client: DepotClient, signer: NamedRevision, options: GatherOptions): Promise<void> {
  try {
    options.keys.get("origin-public", signer);
    return;
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
  }
  const name = formatNamedRevision(signer);
  const key = parseKey("origin-public", await client.publicKey(signer, options.signal));
  if (formatNamedRevision(key.id) !== name)
    throw new HabError(clientErrors.badAnswer, `asked for the key ${name}, the depot sent another`);
  options.keys.write(key);
  options.report({ kind: "key", key: name });
}

/** Makes `DIR/keys` and `DIR/artifacts`. Throws HabError `cannotStore`. */
export function makeGatherDirectories(directory: string): { keys: string; artifacts: string } {
  const places = { keys: join(directory, "keys"), artifacts: join(directory, "artifacts") };
  try {
    for (const place of Object.values(places)) mkdirSync(place, { recursive: true });
  } catch (cause) {
    throw new HabError(clientErrors.cannotStore, `cannot create the directory ${directory} for downloads`, {
      cause,
    });
  }
  return places;
}
