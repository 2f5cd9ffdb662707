// The file that says how people sign in (`hab depot run --sign-in FILE`, docs/sign-in.md): read and checked once at the
// start, so that a mistake in it is found there and not by the first person who signs in.
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { Secret } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { formatJson, parseToml } from "../../toml/index.ts";
import { depotErrors } from "../errors.ts";
import { isLoopbackName, isNetwork } from "./addresses.ts";
import { PROVIDER_KINDS, type ProviderKind } from "./provider-kinds.ts";

/** Who gets an account by signing in for the first time: everybody the provider knows, these names, or nobody. */
export type NewAccounts = boolean | readonly string[];

interface ProviderWords {
  /** In paths (`/v1/sign-in/NAME`) and in the audit. */
  readonly name: string;
  readonly title: string;
  readonly clientId: string;
  readonly clientSecret: Secret<string> | undefined;
  readonly newAccounts: NewAccounts;
}

export interface OidcProvider extends ProviderWords {
  readonly issuer: URL;
  readonly scopes: readonly string[];
  /** The claim that names a new account. */
  readonly nameClaim: string;
}

export interface OauthProvider extends ProviderWords {
  readonly kind: ProviderKind;
  readonly authorizeUrl: URL;
  readonly tokenUrl: URL;
  readonly userinfoUrl: URL;
  /** What the provider was told; the depot's own address of the callback where not given. */
  readonly redirectUrl: URL | undefined;
  /** Compat: an account without any other way in belongs to the user of its name (reference/depot-api.md §3.2). */
  readonly adoptAccounts: boolean;
  readonly clientSecret: Secret<string>;
}

export interface KerberosWords {
  readonly title: string;
  readonly keytab: string;
  /** `HTTP`, or `HTTP@host` for one key among several. */
  readonly service: string;
  /** Realms whose principals may sign in. */
  readonly realms: readonly string[];
  /** Whether the realm is part of an account's name. */
  readonly keepRealm: boolean;
  /** The GSSAPI library; that of the system where not given. */
  readonly library: string | undefined;
  readonly newAccounts: NewAccounts;
}

export interface ProxyWords {
  /** Addresses and networks of the proxies: what they say of a request is believed. */
  readonly addresses: readonly string[];
  /** The header in which they name the account. Without it they only say where a request comes from. */
  readonly accountHeader: string | undefined;
  readonly newAccounts: NewAccounts;
}

export interface SignInConfig {
  /** Where browsers find the depot. Without it, where the request says it went. */
  readonly url: URL | undefined;
  readonly password: boolean;
  readonly sessions: { readonly idleMs: number; readonly totalMs: number };
  readonly oidc: readonly OidcProvider[];
  readonly oauth: readonly OauthProvider[];
  readonly kerberos: KerberosWords | undefined;
  readonly proxy: ProxyWords | undefined;
}

const HOUR_MS = 3600_000;

/** A working day without a sign-in, and a week in all. */
const SESSIONS = { idle_hours: 12, days: 7 };

/** Without a file: passwords, for the accounts that have one. */
export const DEFAULT_SIGN_IN: SignInConfig = {
  url: undefined,
  password: true,
  sessions: { idleMs: SESSIONS.idle_hours * HOUR_MS, totalMs: SESSIONS.days * 24 * HOUR_MS },
  oidc: [],
  oauth: [],
  kerberos: undefined,
  proxy: undefined,
};

/** Names that are paths of their own below `/v1/sign-in`. */
const TAKEN_NAMES = ["password", "kerberos", "proxy"];

const newAccounts = z.union([z.boolean(), z.array(z.string().min(1).max(255)).max(10_000)]).default(false);
const title = z.string().min(1).max(100);
const text = z.string().min(1).max(2000);

const provider = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .refine((name) => !TAKEN_NAMES.includes(name), "is taken"),
  title: title.optional(),
  client_id: text,
  client_secret: text.optional(),
  client_secret_file: text.optional(),
  client_secret_env: text.optional(),
  new_accounts: newAccounts,
};

const fileSchema = z.strictObject({
  url: text.optional(),
  password: z.strictObject({ enabled: z.boolean() }).default({ enabled: true }),
  sessions: z
    .strictObject({
      idle_hours: z.number().positive().max(8760).default(SESSIONS.idle_hours),
      days: z.number().positive().max(366).default(SESSIONS.days),
    })
    .default(SESSIONS),
  oidc: z
    .array(
      z.strictObject({
        ...provider,
        issuer: text,
        scopes: z.array(z.string().regex(/^[!#-[\]-~]+$/)).default(["openid", "profile", "email"]),
        name_claim: text.default("preferred_username"),
      }),
    )
    .max(20)
    .default([]),
  oauth: z
    .array(
      z.strictObject({
        ...provider,
        provider: z.enum(Object.keys(PROVIDER_KINDS) as [ProviderKind, ...ProviderKind[]]),
        authorize_url: text.optional(),
        token_url: text.optional(),
        userinfo_url: text.optional(),
        redirect_url: text.optional(),
        adopt_accounts: z.boolean().default(false),
      }),
    )
    .max(20)
    .default([]),
  kerberos: z
    .strictObject({
      title: title.default("Kerberos"),
      keytab: text,
      service: z
        .string()
        .regex(/^[A-Za-z]+(@[A-Za-z0-9.-]+)?$/)
        .default("HTTP"),
      realms: z.array(text).min(1).max(100),
      keep_realm: z.boolean().default(false),
      library: text.optional(),
      new_accounts: newAccounts,
    })
    .refine(({ realms, keep_realm }) => realms.length === 1 || keep_realm, {
      message: "must be true where there are several realms: alice of one is not alice of another",
      path: ["keep_realm"],
    })
    .optional(),
  proxy: z
    .strictObject({
      addresses: z.array(z.string().refine(isNetwork, "is no address and no network")).min(1).max(1000),
      account_header: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,100}$/)
        .optional(),
      new_accounts: newAccounts,
    })
    .optional(),
});

type File = z.infer<typeof fileSchema>;

export interface ReadConfigOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads the file (TOML, or JSON when it is called so). Throws HabError `signInFileUnusable`. */
export function readSignInConfig(path: string, { env }: ReadConfigOptions): SignInConfig {
  try {
    const source = readFileSync(path, "utf8");
    const value: unknown = JSON.parse(
      path.endsWith(".json") ? source : formatJson(parseToml(source, { source: path })),
    );
    const parsed = fileSchema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw unusable(path, `${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim());
    }
    return configOf(path, parsed.data, env);
  } catch (error) {
    if (error instanceof HabError && error.kind === depotErrors.signInFileUnusable) throw error;
    throw unusable(path, describeError(error), error);
  }
}

function unusable(path: string, why: string, cause?: unknown): HabError {
  return new HabError(depotErrors.signInFileUnusable, `cannot use the file of sign-in ${path}: ${why}`, {
    cause,
  });
}

function configOf(path: string, file: File, env: ReadConfigOptions["env"]): SignInConfig {
  const url = (what: string, value: string): URL => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    const isSafe =
      parsed?.protocol === "https:" || (parsed?.protocol === "http:" && isLoopbackName(parsed.hostname));
    // Over plain HTTP anybody on the way could sign in as anybody.
    if (parsed === undefined || !isSafe)
      throw unusable(path, `${what} must begin with https:// (http:// only for this machine itself)`);
    return parsed;
  };
  const secretOf = (each: File["oidc"][number] | File["oauth"][number]): Secret<string> | undefined =>
    clientSecret(path, each, env);
  const names = [...file.oidc, ...file.oauth].map(({ name }) => name);
  if (new Set(names).size !== names.length) throw unusable(path, "two providers have the same name");
  if (
    file.proxy?.account_header !== undefined &&
    /^(authorization|cookie|host)$/i.test(file.proxy.account_header)
  )
    throw unusable(path, `proxy.account_header cannot be ${file.proxy.account_header}`);
  return {
    url: file.url === undefined ? undefined : publicUrl(path, file.url),
    password: file.password.enabled,
    sessions: { idleMs: file.sessions.idle_hours * HOUR_MS, totalMs: file.sessions.days * 24 * HOUR_MS },
    oidc: file.oidc.map((each) => ({
      name: each.name,
      title: each.title ?? each.name,
      clientId: each.client_id,
      clientSecret: secretOf(each),
      newAccounts: each.new_accounts,
      issuer: url(`issuer of ${each.name}`, each.issuer),
      scopes: each.scopes.includes("openid") ? each.scopes : ["openid", ...each.scopes],
      nameClaim: each.name_claim,
    })),
    oauth: file.oauth.map((each) => {
      const kind = PROVIDER_KINDS[each.provider];
      const secret = secretOf(each);
      if (secret === undefined) throw unusable(path, `${each.name} has no client secret`);
      const address = (what: "authorize_url" | "token_url" | "userinfo_url"): URL => {
        const value = each[what] ?? kind.urls?.[what];
        if (value === undefined) throw unusable(path, `${each.name} needs its ${what}`);
        return url(`${what} of ${each.name}`, value);
      };
      return {
        name: each.name,
        title: each.title ?? kind.title,
        kind: each.provider,
        clientId: each.client_id,
        clientSecret: secret,
        newAccounts: each.new_accounts,
        authorizeUrl: address("authorize_url"),
        tokenUrl: address("token_url"),
        userinfoUrl: address("userinfo_url"),
        redirectUrl:
          each.redirect_url === undefined
            ? undefined
            : url(`redirect_url of ${each.name}`, each.redirect_url),
        adoptAccounts: each.adopt_accounts,
      };
    }),
    kerberos:
      file.kerberos === undefined
        ? undefined
        : {
            title: file.kerberos.title,
            keytab: resolve(dirname(path), file.kerberos.keytab),
            service: file.kerberos.service,
            realms: file.kerberos.realms,
            keepRealm: file.kerberos.keep_realm,
            library: file.kerberos.library,
            newAccounts: file.kerberos.new_accounts,
          },
    proxy:
      file.proxy === undefined
        ? undefined
        : {
            addresses: file.proxy.addresses,
            accountHeader: file.proxy.account_header?.toLowerCase(),
            newAccounts: file.proxy.new_accounts,
          },
  };
}

/** The depot's own address. HTTP is allowed: not every network inside a company has certificates. */
function publicUrl(path: string, value: string): URL {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== "/")
    throw unusable(path, "url must be http:// or https:// with a host and nothing behind it");
  return parsed;
}

function clientSecret(
  path: string,
  each: File["oidc"][number] | File["oauth"][number],
  env: ReadConfigOptions["env"],
): Secret<string> | undefined {
  const { name, client_secret: here, client_secret_file: file, client_secret_env: variable } = each;
  if ([here, file, variable].filter((source) => source !== undefined).length > 1)
    throw unusable(path, `${name} has more than one client secret`);
  if (here !== undefined) {
    requirePrivate(path, path);
    return new Secret(here);
  }
  if (file !== undefined) {
    const secretPath = resolve(dirname(path), file);
    requirePrivate(path, secretPath);
    const secret = readFileSync(secretPath, "utf8").trim();
    if (secret === "") throw unusable(path, `${secretPath} is empty`);
    return new Secret(secret);
  }
  if (variable === undefined) return undefined;
  const secret = env[variable];
  if (secret === undefined || secret === "") throw unusable(path, `the variable ${variable} is not set`);
  return new Secret(secret);
}

function requirePrivate(path: string, holder: string): void {
  if ((statSync(holder).mode & 0o077) !== 0)
    throw unusable(
      path,
      `${holder} holds a secret, and others than its owner may read or write it: chmod 600`,
    );
}
