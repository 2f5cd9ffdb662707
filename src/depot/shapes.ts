// JSON as clients of the original read it: names, order of keys, ids and counts as text where they were
// (reference/depot-api.md §5).
import { type PackageIdent, parseIdent } from "../package/index.ts";
import type { Account, TokenRow } from "./store/accounts.ts";
import type { Channel, Origin } from "./store/origins.ts";
import type { PackageRow, VersionRow } from "./store/packages.ts";

export interface IdentShape {
  readonly origin: string;
  readonly name: string;
  readonly version: string | null;
  readonly release: string | null;
}

export function identShape(ident: PackageIdent): IdentShape {
  return {
    origin: ident.origin,
    name: ident.name,
    version: ident.version ?? null,
    release: ident.release ?? null,
  };
}

/** Compat: no fraction when it is zero, and no zone. */
export function timeShape(timestamp: string): string {
  return timestamp.replace(/\.000$/, "");
}

function identList(json: string): IdentShape[] {
  return (JSON.parse(json) as string[]).map((text) => identShape(parseIdent(text)));
}

/** One package. `withTexts` adds manifest and config (channel routes); otherwise they are empty and `size` is added. */
export function packageShape(row: PackageRow, channels: readonly string[], withTexts: boolean): object {
  const shape = {
    id: row.id,
    owner_id: row.owner_id,
    name: row.name,
    ident: identShape(row),
    ident_array: [row.origin, row.name, row.version, row.release],
    checksum: row.checksum,
    manifest: withTexts ? row.manifest : "",
    config: withTexts ? row.config : "",
    target: row.target,
    deps: identList(row.deps),
    tdeps: identList(row.tdeps),
    build_deps: identList(row.build_deps),
    build_tdeps: identList(row.build_tdeps),
    exposes: JSON.parse(row.exposes) as number[],
    visibility: row.visibility,
    created_at: timeShape(row.created_at),
    updated_at: timeShape(row.updated_at),
    origin: row.origin,
    package_type: row.package_type === "native" ? "Native" : "Standard",
    channels,
    is_a_service: /pkg_exposes|pkg_binds|pkg_exports/.test(row.manifest),
  };
  return withTexts ? shape : { ...shape, size: row.size };
}

export function versionShape(row: VersionRow, platforms: readonly string[]): object {
  return {
    origin: row.origin,
    name: row.name,
    version: row.version,
    release_count: String(row.release_count),
    latest: row.latest,
    platforms,
    visibility: row.visibility,
  };
}

export function channelShape(channel: Channel): object {
  return {
    id: channel.id,
    owner_id: channel.owner_id,
    name: channel.name,
    created_at: timeShape(channel.created_at),
    updated_at: timeShape(channel.updated_at),
    origin: channel.origin,
  };
}

export function newOriginShape(origin: Origin): object {
  return {
    owner_id: origin.owner_id,
    name: origin.name,
    created_at: timeShape(origin.created_at),
    updated_at: timeShape(origin.updated_at),
    default_package_visibility: origin.default_package_visibility,
  };
}

export function originShape(
  origin: Origin,
  ownerAccount: string,
  privateKeyName: string | undefined,
): object {
  return {
    owner_id: origin.owner_id,
    name: origin.name,
    private_key_name: privateKeyName ?? null,
    default_package_visibility: origin.default_package_visibility,
    owner_account: ownerAccount,
  };
}

export function accountShape(account: Account): object {
  return {
    id: account.id,
    email: account.email,
    name: account.name,
    created_at: timeShape(account.created_at),
    updated_at: timeShape(account.updated_at),
  };
}

/** `token` holds the token itself only in the answer that creates it; it is kept as a hash and cannot be shown again. */
export function tokenShape(row: TokenRow, token: string): object {
  return { id: row.id, account_id: row.account_id, token, created_at: timeShape(row.created_at) };
}
