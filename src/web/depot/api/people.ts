// Answers of the API about people: who is signed in, origins and their members, tokens (reference/depot-api.md §5, §11–§13).

/** From the least to the most. */
export const ROLES = ["readonly_member", "member", "maintainer", "administrator", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** Roles in words. */
export const ROLE_TEXTS: Readonly<Record<Role, string>> = {
  readonly_member: "Read-only member",
  member: "Member",
  maintainer: "Maintainer",
  administrator: "Administrator",
  owner: "Owner",
};

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly created_at: string;
}

export interface SignInWay {
  readonly kind: "password" | "oidc" | "oauth" | "kerberos" | "proxy";
  readonly name: string;
  readonly url: string;
}

export interface SignInTold {
  readonly ways: readonly SignInWay[];
  readonly account: Account | null;
}

/** A terminal that asks to be signed in. */
export interface DeviceRequest {
  readonly id: string;
  readonly user_code: string;
  readonly label: string;
  readonly days: number | null;
  readonly address: string;
  readonly same_address: boolean;
  readonly created_at: string;
  readonly expires_at: string;
}

export interface OwnOrigin {
  readonly name: string;
  readonly default_package_visibility: "public" | "private" | "hidden";
  readonly created_at: string;
  readonly package_count: number;
  readonly role: Role;
}

export interface Origin {
  readonly name: string;
  readonly private_key_name: string | null;
  readonly default_package_visibility: "public" | "private" | "hidden";
  readonly owner_account: string;
}

export interface Invitation {
  readonly id: string;
  readonly origin: string;
  readonly account_name: string;
  readonly ignored: boolean;
  readonly created_at: string;
}

export const VERBS = ["upload", "promote", "manage"] as const;
export type Verb = (typeof VERBS)[number];

export interface AccessToken {
  readonly id: string;
  /** Only in the answer that creates it. */
  readonly token: string;
  readonly created_at: string;
  readonly label: string;
  readonly expires_at: string | null;
  readonly origins: readonly string[] | null;
  readonly verbs: readonly Verb[] | null;
}

export interface Session {
  readonly id: string;
  readonly way: string;
  readonly kind: "browser" | "client";
  readonly address: string;
  readonly user_agent: string;
  readonly created_at: string;
  readonly seen_at: string;
  readonly expires_at: string;
  readonly current: boolean;
}

export interface Identities {
  readonly has_password: boolean;
  readonly identities: readonly {
    readonly id: string;
    readonly provider: string;
    readonly issuer: string;
    readonly user_name: string;
    readonly created_at: string;
  }[];
}

export interface AuditEntry {
  readonly id: string;
  readonly at: string;
  readonly account_name: string;
  readonly operation: string;
  readonly subject: string;
  readonly channel: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly trigger: string;
  readonly address: string;
}
