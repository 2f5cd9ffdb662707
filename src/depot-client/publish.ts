// Publishing: a hart with the key it is signed with and the dependencies the depot lacks, then a channel
// (reference/packages.md §18.2, cli.md §10.7).
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatKey, formatNamedRevision, type KeyCache, type NamedRevision } from "../crypto/index.ts";
import { HabError, isKind } from "../error/index.ts";
import {
  type ArchiveMetadata,
  artifactFileName,
  type FullIdent,
  formatIdent,
  readArchive,
  type Target,
} from "../package/index.ts";
import { clientErrors } from "./errors.ts";
import type { DepotClient } from "./types.ts";

export interface PublishOptions {
  /** Where the public keys of the signers are. */
  readonly keys: KeyCache;
  /** Sends the hart even if the depot has this release. Dependencies are never forced. */
  readonly forced: boolean;
  /** A channel to promote to, besides `unstable`. */
  readonly channel?: string | undefined;
  readonly report: (event: PublishEvent) => void;
  readonly signal?: AbortSignal | undefined;
}

export type PublishEvent =
  | { readonly kind: "uploading-key" | "uploaded-key" | "known-key"; readonly key: string }
  | { readonly kind: "uploading" | "uploaded" | "known"; readonly ident: FullIdent; readonly target: Target }
  | { readonly kind: "unsupported-target"; readonly ident: FullIdent; readonly target: Target }
  | { readonly kind: "promoting" | "promoted"; readonly ident: FullIdent; readonly channel: string };

/** What became of one hart. */
export interface Published {
  readonly ident: string;
  readonly target: Target;
  readonly outcome: "uploaded" | "known" | "unsupported-target";
}

/** Channels every origin has, or that the depot makes by itself: no client creates them. */
const GIVEN_CHANNELS: readonly string[] = ["base", "unstable"];

/** Publishes one hart; the dependencies come first in the result. Throws HabError; what was uploaded stays. */
export async function publishPackage(
  client: DepotClient,
  path: string,
  options: PublishOptions,
): Promise<Published[]> {
  const archive = await readArchive(path);
  const { ident, target } = archive;
  const published: Published[] = [];
  await publishKey(client, archive.header.signer, options);
  if (!options.forced && (await isInDepot(client, ident, target, options))) {
    options.report({ kind: "known", ident, target });
    published.push({ ident: formatIdent(ident), target, outcome: "known" });
  } else {
    for (const dependency of await missingDependencies(client, path, archive, options))
      published.push(await publishDependency(client, dependency, options));
    published.push(await upload(client, path, archive, options.forced, options));
  }
  const last = published.at(-1);
  if (options.channel !== undefined && last?.outcome !== "unsupported-target")
    await promote(client, ident, target, options.channel, options);
  return published;
}

async function publishKey(
  client: DepotClient,
  signer: NamedRevision,
  options: PublishOptions,
): Promise<void> {
  const key = formatNamedRevision(signer);
  const text = formatKey(options.keys.get("origin-public", signer));
  options.report({ kind: "uploading-key", key });
  const added = await client.uploadPublicKey(signer, text, options.signal);
  options.report({ kind: added ? "uploaded-key" : "known-key", key });
}

async function isInDepot(
  client: DepotClient,
  ident: FullIdent,
  target: Target,
  { signal }: PublishOptions,
): Promise<boolean> {
  return (await client.packageInChannel(ident, { channel: "unstable", target, signal })) !== undefined;
}

/**
 * Harts of the dependencies that the depot lacks, in the order of TDEPS. They must all lie beside the package; that is
 * found out before anything is uploaded. Throws HabError `missingDependency`.
 */
async function missingDependencies(
  client: DepotClient,
  path: string,
  { ident, target, tdeps }: ArchiveMetadata,
  options: PublishOptions,
): Promise<string[]> {
  const paths: string[] = [];
  for (const dependency of tdeps) {
    if (await isInDepot(client, dependency, target, options)) continue;
    const beside = join(dirname(path), artifactFileName(dependency, target));
    if (!existsSync(beside))
      throw new HabError(
        clientErrors.missingDependency,
        `${formatIdent(ident)} needs ${formatIdent(dependency)}, which is neither in the depot nor at ${beside}`,
      );
    paths.push(beside);
  }
  return paths;
}

async function publishDependency(
  client: DepotClient,
  path: string,
  options: PublishOptions,
): Promise<Published> {
  const archive = await readArchive(path);
  await publishKey(client, archive.header.signer, options);
  return await upload(client, path, archive, false, options);
}

async function upload(
  client: DepotClient,
  path: string,
  { ident, target, checksum }: ArchiveMetadata,
  forced: boolean,
  { report, signal }: PublishOptions,
): Promise<Published> {
  report({ kind: "uploading", ident, target });
  try {
    const added = await client.uploadPackage(path, { ident, target, checksum, forced, signal });
    report({ kind: added ? "uploaded" : "known", ident, target });
    return { ident: formatIdent(ident), target, outcome: added ? "uploaded" : "known" };
  } catch (error) {
    // Compat: a depot that does not take this target is no failure, the package is passed over.
    if (!isKind(error, clientErrors.unsupportedTarget)) throw error;
    report({ kind: "unsupported-target", ident, target });
    return { ident: formatIdent(ident), target, outcome: "unsupported-target" };
  }
}

/** Promotes one package, creating the channel where clients do so. */
export async function promote(
  client: DepotClient,
  ident: FullIdent,
  target: Target,
  channel: string,
  { report, signal }: Pick<PublishOptions, "report" | "signal">,
): Promise<void> {
  report({ kind: "promoting", ident, channel });
  if (!GIVEN_CHANNELS.includes(channel)) await client.createChannel(ident.origin, channel, signal);
  await client.promotePackage(ident, channel, target, signal);
  report({ kind: "promoted", ident, channel });
}
