// The depot as the place packages are installed from: what the package room asks for (packages.md §13.3, §13.4).
import type { NamedRevision } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import type { PackageIdent, PackageSource, Target } from "../package/index.ts";
import type { DepotClient } from "./types.ts";

/** A PackageSource over a client. */
export function depotPackageSource(client: DepotClient): PackageSource {
  return {
    latest: async (ident, options) => (await client.packageInChannel(ident, options))?.ident,
    download: (ident, target, directory, request) =>
      client.downloadPackage(ident, target, directory, request),
    originKey: (revision: NamedRevision) => client.publicKey(revision),
    channelsOf: (ident, target) => channelsWith(client, ident, target),
  };
}

/** Channels of the origin that hold a match: a help in messages, so failures answer none. */
async function channelsWith(client: DepotClient, ident: PackageIdent, target: Target): Promise<string[]> {
  try {
    const channels = await client.channels(ident.origin);
    const found = await Promise.all(
      channels.map(async (channel) => ({
        channel,
        held: (await client.packageInChannel(ident, { channel, target })) !== undefined,
      })),
    );
    return found.filter(({ held }) => held).map(({ channel }) => channel);
  } catch (error) {
    if (error instanceof HabError) return [];
    throw error;
  }
}
