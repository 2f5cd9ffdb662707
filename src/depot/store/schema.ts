// Tables of the depot as types. Written so that the same queries run on SQLite and PostgreSQL: identifiers, times and
// lists are text, truth values are 0 and 1, and every order is by bytes (SQLite's BINARY, PostgreSQL's "C" collation).
// The names follow the original's schema where they mean the same (reference/depot-api.md §16).
import type { Generated, Selectable } from "kysely";
import type {
  ChannelChangeItemTable,
  ChannelChangeTable,
  ChannelGateTable,
  DepotEventTable,
  PromotionDecisionTable,
  PromotionRequestItemTable,
  PromotionRequestTable,
  WebhookDeliveryTable,
  WebhookTable,
} from "./schema-promotion.ts";

/** Who may see a package (reference/depot-api.md §4.2). */
export type Visibility = "public" | "private" | "hidden";

/** A 63-bit number in decimal digits: what the API calls an id. */
export type RowId = string;

/** UTC, `YYYY-MM-DDTHH:MM:SS.mmm`. */
export type Timestamp = string;

export interface AccountTable {
  id: RowId;
  name: string;
  email: string;
  created_at: Timestamp;
  updated_at: Timestamp;
  /** 1 or 0. */
  may_create_origins: Generated<number>;
  /** Since when nobody may sign in as it; null for accounts in use. */
  disabled_at: Generated<Timestamp | null>;
}

export interface AccountPasswordTable {
  account_id: RowId;
  /** argon2id, with its parameters and salt (PHC string). */
  hash: string;
  changed_at: Timestamp;
}

/** Whom another service calls what: the pair of issuer and subject is the identity, all else is for people to read. */
export interface AccountIdentityTable {
  id: RowId;
  account_id: RowId;
  /** The issuer of OpenID Connect, or kind and address of another provider. */
  issuer: string;
  /** What the issuer calls the person for ever; a name or an address may be given to somebody else. */
  subject: string;
  /** Name of the provider in the file of sign-in. */
  provider: string;
  user_name: string;
  created_at: Timestamp;
}

export interface SessionTable {
  id: RowId;
  account_id: RowId;
  /** BLAKE2b-256 of the secret, which has 256 random bits. */
  secret_hash: string;
  /** `browser`: a cookie. `client`: a bearer token, as the original's own pages have it (reference/depot-api.md §3.2). */
  kind: "browser" | "client";
  /** How the person signed in: `password`, or the name of a provider. */
  way: string;
  address: string;
  user_agent: string;
  created_at: Timestamp;
  seen_at: Timestamp;
  /** Ends then unless it is used before. */
  idle_until: Timestamp;
  /** Ends then in any case. */
  expires_at: Timestamp;
}

export type SessionRow = Selectable<SessionTable>;

/** A terminal that asks for a token, until its time is over or the token is made. */
export interface DeviceRequestTable {
  id: RowId;
  /** BLAKE2b-256 of the code that the terminal holds, which has 256 random bits. */
  secret_hash: string;
  /** What a person types: eight letters. */
  user_code: string;
  /** What the terminal calls itself, and the token is to be called. */
  label: string;
  /** Days after which the token is to end; null for never. */
  days: number | null;
  /** Where it began. */
  address: string;
  state: "waiting" | "approved" | "refused";
  /** Who has decided. */
  account_id: RowId | null;
  created_at: Timestamp;
  expires_at: Timestamp;
}

export type DeviceRequestRow = Selectable<DeviceRequestTable>;

/** Wrong passwords for a name, whether there is such an account or not. */
export interface SignInFailureTable {
  /** BLAKE2b-256: people type passwords where a name is asked for. */
  name_hash: string;
  failures: number;
  last_at: Timestamp;
  locked_until: Timestamp;
}

export interface AccessTokenTable {
  id: RowId;
  account_id: RowId;
  /** What the person calls it; tokens made through the API are called `profile`. */
  label: string;
  /** BLAKE2b-256 of the token's text. The token has 256 random bits, so a plain hash is enough. */
  token_hash: string;
  created_at: Timestamp;
  expires_at: Timestamp | null;
  /** JSON list of the origins it is limited to; null for all. */
  origins: string | null;
  /** JSON list of the verbs it is limited to (scopes.ts); null for all. */
  verbs: string | null;
}

export interface OriginTable {
  name: string;
  owner_id: RowId;
  default_package_visibility: Visibility;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface OriginMemberTable {
  origin: string;
  account_id: RowId;
  member_role: string;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface OriginChannelTable {
  id: RowId;
  origin: string;
  name: string;
  owner_id: RowId;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export type OriginKeyKind = "signing-public" | "signing-secret" | "encryption-public" | "encryption-secret";

export interface OriginKeyTable {
  id: RowId;
  origin: string;
  kind: OriginKeyKind;
  revision: string;
  /** Text of the key file; secret kinds are sealed with the depot's own key. */
  body: string;
  owner_id: RowId;
  created_at: Timestamp;
}

export interface PackageTable {
  id: RowId;
  owner_id: RowId;
  origin: string;
  name: string;
  version: string;
  release: string;
  /** `origin/name/version/release`, for ordering and unique look-up. */
  ident: string;
  target: string;
  /** The three columns that order versions (version-order.ts). */
  version_numbers: string;
  version_plain: number;
  version_suffix: string;
  /** BLAKE2b-256 of the hart, which is also the name of its blob. */
  checksum: string;
  size: number;
  manifest: string;
  config: string;
  /** JSON lists of full idents as text. */
  deps: string;
  tdeps: string;
  build_deps: string;
  build_tdeps: string;
  /** JSON list of ports. */
  exposes: string;
  package_type: string;
  visibility: Visibility;
  /** `name-revision` of the key the hart says it is signed with. */
  signer: string;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** One row for each entry of a package's TDEPS: answers "who depends on this" from an index. */
export interface PackageDependencyTable {
  package_id: RowId;
  origin: string;
  name: string;
  ident: string;
}

export interface ChannelPackageTable {
  channel_id: RowId;
  package_id: RowId;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface PackageSettingsTable {
  id: RowId;
  origin: string;
  name: string;
  visibility: Visibility;
  owner_id: RowId;
  created_at: Timestamp;
  updated_at: Timestamp;
}

/** Words of each origin/name pair, for search. */
export interface SearchWordTable {
  word: string;
  origin: string;
  name: string;
}

export interface OriginInvitationTable {
  id: RowId;
  origin: string;
  /** Whom it asks to join. */
  account_id: RowId;
  account_name: string;
  /** Who sent it. */
  owner_id: RowId;
  /** 1 or 0. */
  ignored: number;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface OriginSecretTable {
  id: RowId;
  origin: string;
  name: string;
  /** Encrypted by who stored it, for the origin's encryption key. */
  value: string;
  owner_id: RowId;
  created_at: Timestamp;
}

export interface OriginIntegrationTable {
  id: RowId;
  origin: string;
  /** Kind of the service: `docker`, … */
  integration: string;
  name: string;
  /** Sealed with the depot's own key. */
  body: string;
  owner_id: RowId;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface AuditTable {
  id: RowId;
  at: Timestamp;
  account_id: RowId;
  account_name: string;
  origin: string;
  operation: string;
  /** What it was done to: an ident, a channel, a key, an account. */
  subject: string;
  channel: string;
  /** Further facts as a JSON object. */
  details: string;
  /** `hab_client`, `builder_ui` or `unknown` (reference/depot-api.md §4.6), or `command` for local commands. */
  trigger: string;
  address: string;
}

/** Numbers that all processes on a database count together. */
export interface CounterTable {
  /** `commits`: transactions that wrote, on PostgreSQL. `processes`: those that have written rows with ids. `events`: rows of
   * `depot_events` that ever were. */
  name: string;
  value: number;
}

/** Facts about the depot as a whole: the sealing key's name, how steps of the shape tolerate older programs. */
export interface FactTable {
  name: string;
  value: string;
}

/** A blob that is being written or is to be removed: where to look after a crash (blobs/ledger.ts). */
export interface BlobIntentTable {
  id: RowId;
  /** `*` holds all blobs: nothing is removed while it is there. */
  digest: string;
  created_at: Timestamp;
}

/** A piece of an unfinished upload, which is a blob of its own (store/upload-pieces.ts). */
export interface UploadPieceTable {
  account_id: RowId;
  ident: string;
  target: string;
  /** BLAKE2b-256 of the whole hart. */
  checksum: string;
  /** Of its first byte in the hart. */
  position: number;
  size: number;
  /** BLAKE2b-256 of the piece. */
  digest: string;
  created_at: Timestamp;
}

export interface DepotTables {
  accounts: AccountTable;
  access_tokens: AccessTokenTable;
  account_passwords: AccountPasswordTable;
  account_identities: AccountIdentityTable;
  sessions: SessionTable;
  sign_in_failures: SignInFailureTable;
  device_requests: DeviceRequestTable;
  origins: OriginTable;
  origin_members: OriginMemberTable;
  origin_channels: OriginChannelTable;
  origin_keys: OriginKeyTable;
  origin_invitations: OriginInvitationTable;
  origin_secrets: OriginSecretTable;
  origin_integrations: OriginIntegrationTable;
  packages: PackageTable;
  package_dependencies: PackageDependencyTable;
  channel_packages: ChannelPackageTable;
  package_settings: PackageSettingsTable;
  search_words: SearchWordTable;
  audit: AuditTable;
  depot_counters: CounterTable;
  depot_facts: FactTable;
  blob_intents: BlobIntentTable;
  channel_changes: ChannelChangeTable;
  channel_change_items: ChannelChangeItemTable;
  channel_gates: ChannelGateTable;
  promotion_requests: PromotionRequestTable;
  promotion_request_items: PromotionRequestItemTable;
  promotion_decisions: PromotionDecisionTable;
  depot_events: DepotEventTable;
  webhooks: WebhookTable;
  webhook_deliveries: WebhookDeliveryTable;
  upload_pieces: UploadPieceTable;
}
