// JSON as clients of the original read it: names, order of keys, ids and counts as text where they were
// (reference/depot-api.md §5).
import type { z } from "zod";
import { type PackageIdent, parseIdent } from "../package/index.ts";
import type * as answer from "./answer-schemas.ts";
import type { Account, TokenRow } from "./store/accounts.ts";
import type { Invitation } from "./store/invitations.ts";
import type { Channel, Origin } from "./store/origins.ts";
import type { PackageSettings } from "./store/package-settings.ts";
import type { PackageRow, VersionRow } from "./store/packages.ts";

export type IdentShape = z.infer<typeof answer.identAnswer>;

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
export function packageShape(
  row: PackageRow,
  channels: string[],
  withTexts: boolean,
): z.infer<typeof answer.packageInChannelAnswer> | z.infer<typeof answer.packageAnswer> {
  const shape: z.infer<typeof answer.packageInChannelAnswer> = {
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

export function versionShape(row: VersionRow, platforms: string[]): z.infer<typeof answer.versionAnswer> {
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

export function channelShape(channel: Channel): z.infer<typeof answer.channelAnswer> {
  return {
    id: channel.id,
    owner_id: channel.owner_id,
    name: channel.name,
    created_at: timeShape(channel.created_at),
    updated_at: timeShape(channel.updated_at),
    origin: channel.origin,
  };
}

export function newOriginShape(origin: Origin): z.infer<typeof answer.newOriginAnswer> {
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
): z.infer<typeof answer.originAnswer> {
  return {
    owner_id: origin.owner_id,
    name: origin.name,
    private_key_name: privateKeyName ?? null,
    default_package_visibility: origin.default_package_visibility,
    owner_account: ownerAccount,
  };
}

export function accountShape(account: Account): z.infer<typeof answer.accountAnswer> {
  return {
    id: account.id,
    email: account.email,
    name: account.name,
    created_at: timeShape(account.created_at),
    updated_at: timeShape(account.updated_at),
  };
}

/** `token` holds the token itself only in the answer that creates it; it is kept as a hash and cannot be shown again. */
export function tokenShape(row: TokenRow, token: string): z.infer<typeof answer.tokenAnswer> {
  return {
    id: row.id,
    account_id: row.account_id,
    token,
    created_at: timeShape(row.created_at),
    label: row.label,
    expires_at: row.expires_at === null ? null : timeShape(row.expires_at),
    origins: row.origins === undefined ? null : [...row.origins],
    verbs: row.verbs === undefined ? null : [...row.verbs],
  };
}

export function invitationShape(row: Invitation): z.infer<typeof answer.invitationAnswer> {
  return {
    id: row.id,
    origin: row.origin,
    account_id: row.account_id,
    account_name: row.account_name,
    owner_id: row.owner_id,
    ignored: row.ignored !== 0,
    created_at: timeShape(row.created_at),
    updated_at: timeShape(row.updated_at),
  };
}

export function packageSettingsShape(row: PackageSettings): z.infer<typeof answer.packageSettingsAnswer> {
  return {
    id: row.id,
    origin: row.origin,
    name: row.name,
    visibility: row.visibility,
    owner_id: row.owner_id,
    // The original hides origins by hand; here nothing does.
    hidden: false,
    created_at: timeShape(row.created_at),
    updated_at: timeShape(row.updated_at),
  };
}
