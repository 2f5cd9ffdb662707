// The client as its users see it, without what it is made of.
import type { NamedRevision, Secret } from "../crypto/index.ts";
import type { DownloadRequest, FullIdent, PackageIdent, Target } from "../package/index.ts";

/** Metadata of one package. */
export interface DepotPackage {
  readonly ident: FullIdent;
  /** BLAKE2b-256 of the hart, in hex. */
  readonly checksum: string;
  readonly manifest: string;
  readonly config: string;
  readonly deps: readonly FullIdent[];
  readonly tdeps: readonly FullIdent[];
  readonly exposes: readonly number[];
}

/** An origin, with the names of the API so that it can be printed as it is. */
export interface OriginInfo {
  readonly default_package_visibility: string;
  readonly name: string;
  readonly owner_id: string;
  readonly owner_account: string;
  readonly private_key_name?: string | null | undefined;
}

export interface PackageChannel {
  readonly name: string;
  /** UTC without a zone, as the depot sent it. */
  readonly createdAt: string;
  readonly promotedAt: string;
}

export interface SearchResult {
  readonly idents: readonly PackageIdent[];
  /** Of all that match, also beyond the limit. */
  readonly total: number;
}

export interface UploadOptions {
  readonly ident: FullIdent;
  readonly target: Target;
  readonly checksum: string;
  readonly forced: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface ChannelChange {
  readonly origin: string;
  readonly source: string;
  readonly target: string;
  readonly signal?: AbortSignal | undefined;
}

/** Calls of a depot. Each throws DepotFailure (a HabError) with a kind of `clientErrors` when it fails. */
export interface DepotClient {
  readonly url: string;
  readonly hasToken: boolean;
  /** False when the origin exists already. */
  createOrigin(name: string, signal?: AbortSignal): Promise<boolean>;
  /** Undefined when there is no such origin. */
  origin(name: string, signal?: AbortSignal): Promise<OriginInfo | undefined>;
  /** Public signing keys, newest first. */
  originKeys(origin: string, signal?: AbortSignal): Promise<NamedRevision[]>;
  /** Text of a public signing key. Sends no token. */
  publicKey(key: NamedRevision, signal?: AbortSignal): Promise<string>;
  latestSecretKey(origin: string, signal?: AbortSignal): Promise<Secret<string>>;
  encryptionKey(origin: string, signal?: AbortSignal): Promise<string>;
  /** False when the depot has this revision already. */
  uploadPublicKey(key: NamedRevision, text: string, signal?: AbortSignal): Promise<boolean>;
  uploadSecretKey(key: NamedRevision, text: Secret<string>, signal?: AbortSignal): Promise<boolean>;
  /** The newest package of the channel that matches, or exactly the one named; undefined when there is none. */
  packageInChannel(
    ident: PackageIdent,
    options: {
      readonly channel: string;
      readonly target: Target;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<DepotPackage | undefined>;
  /** Brings the hart into the directory under its artifact name (mode 0644) and gives its path. */
  downloadPackage(
    ident: FullIdent,
    target: Target,
    destinationDirectory: string,
    request?: DownloadRequest,
  ): Promise<string>;
  /** False when the depot has this release already. */
  uploadPackage(path: string, options: UploadOptions): Promise<boolean>;
  channelsOfPackage(ident: FullIdent, target: Target, signal?: AbortSignal): Promise<PackageChannel[]>;
  promotePackage(ident: FullIdent, channel: string, target: Target, signal?: AbortSignal): Promise<void>;
  demotePackage(ident: FullIdent, channel: string, target: Target, signal?: AbortSignal): Promise<void>;
  /** False when the channel exists already. */
  createChannel(origin: string, channel: string, signal?: AbortSignal): Promise<boolean>;
  destroyChannel(origin: string, channel: string, signal?: AbortSignal): Promise<void>;
  channels(
    origin: string,
    options?: { readonly sandbox?: boolean; readonly signal?: AbortSignal | undefined },
  ): Promise<string[]>;
  promoteChannel(change: ChannelChange): Promise<void>;
  demoteChannel(change: ChannelChange): Promise<void>;
  /** Names that match, at most `limit`. */
  search(term: string, limit: number, signal?: AbortSignal): Promise<SearchResult>;
}
