// The client as its users see it, without what it is made of.

import type { NamedRevision, Secret } from "../crypto/index.ts";
import type { DownloadRequest, FullIdent, PackageIdent, Target } from "../package/index.ts";
import type { AccountClient } from "./account-calls.ts";
import type { ListenOptions } from "./events.ts";
import type { PromotionClient } from "./promotion-calls.ts";

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

/** Roles of an origin's members, each with the rights of those before it (reference/depot-api.md §4.1). */
export const MEMBER_ROLES = ["readonly_member", "member", "maintainer", "administrator", "owner"] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** An invitation to join an origin, with the names of the API so that it can be printed as it is. */
export interface OriginInvitation {
  /** 64 bits, as text because a number cannot hold them. */
  readonly id: string;
  readonly account_id: string;
  readonly account_name: string;
  readonly origin: string;
  readonly owner_id: string;
  readonly ignored: boolean;
  /** UTC without a zone, as the depot sent it. */
  readonly created_at: string;
  readonly updated_at: string;
}

/** Calls about origins, their members and invitations. All need a token; each throws DepotFailure when it fails. */
export interface OriginClient {
  /** False when the origin exists already. */
  createOrigin(name: string, signal?: AbortSignal): Promise<boolean>;
  /** Undefined when there is no such origin. */
  origin(name: string, signal?: AbortSignal): Promise<OriginInfo | undefined>;
  /** Fails with 409 while anything is left in the origin. */
  deleteOrigin(name: string, signal?: AbortSignal): Promise<void>;
  departOrigin(name: string, signal?: AbortSignal): Promise<void>;
  /** Makes another member the owner. */
  transferOrigin(name: string, account: string, signal?: AbortSignal): Promise<void>;
  /** Invitations to the account of the token, from any origin. */
  ownInvitations(signal?: AbortSignal): Promise<OriginInvitation[]>;
  /** Invitations to one origin that nobody has accepted yet. */
  pendingInvitations(origin: string, signal?: AbortSignal): Promise<OriginInvitation[]>;
  sendInvitation(origin: string, account: string, signal?: AbortSignal): Promise<void>;
  acceptInvitation(origin: string, id: bigint, signal?: AbortSignal): Promise<void>;
  ignoreInvitation(origin: string, id: bigint, signal?: AbortSignal): Promise<void>;
  rescindInvitation(origin: string, id: bigint, signal?: AbortSignal): Promise<void>;
  /** A role as the depot names it: a newer depot may know more of them. */
  memberRole(origin: string, account: string, signal?: AbortSignal): Promise<string>;
  setMemberRole(origin: string, account: string, role: MemberRole, signal?: AbortSignal): Promise<void>;
}

/** Calls of a depot. Each throws DepotFailure (a HabError) with a kind of `clientErrors` when it fails. */
export interface DepotClient extends AccountClient, OriginClient, PromotionClient {
  readonly url: string;
  readonly hasToken: boolean;
  /** Listens to what happens there (events.ts) until the connection ends; 404 where the depot does not tell. */
  listen(options: ListenOptions): Promise<void>;
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
  /** Fails with 422 while it is in the stable channel or another package needs it. */
  deletePackage(ident: FullIdent, target: Target, signal?: AbortSignal): Promise<void>;
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
