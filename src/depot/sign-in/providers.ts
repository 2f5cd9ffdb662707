// The providers of sign-in by their name in paths, as one thing to the routes: where to send a browser, and who came back.

import type { Identity, IdentityRules } from "./account-for.ts";
import type { Client } from "./client.ts";
import type { OauthProvider, OidcProvider, SignInConfig } from "./config.ts";
import type { Flow } from "./flow.ts";
import { oauthAuthorizeUrl, oauthUser } from "./oauth.ts";

export interface Provider {
  readonly name: string;
  readonly rules: IdentityRules;
  /** Where to send the browser. Throws HabError `providerFailed`. */
  authorizeUrl(client: Client, flow: Flow): Promise<URL>;
  /** Who came back; undefined where the person may or will not. Throws HabError `providerFailed`. */
  identify(client: Client, flow: Flow, callback: URL): Promise<Identity | undefined>;
}

export function providersOf(config: SignInConfig, now: () => number): ReadonlyMap<string, Provider> {
  const all = [
    ...config.oidc.map((provider) => oidcProvider(provider, now)),
    ...config.oauth.map(oauthProvider),
  ];
  return new Map(all.map((provider) => [provider.name, provider]));
}

function redirectUri({ origin }: Client, name: string): string {
  return `${origin}/v1/sign-in/${name}/callback`;
}

function oidcProvider(provider: OidcProvider, now: () => number): Provider {
  // Loaded by the first who signs in so.
  const client = async () => {
    known ??= (await import("./oidc.ts")).oidcClient(provider, now);
    return known;
  };
  let known: import("./oidc.ts").OidcClient | undefined;
  return {
    name: provider.name,
    rules: { newAccounts: provider.newAccounts },
    authorizeUrl: async (from, flow) =>
      await (await client()).authorizeUrl(redirectUri(from, provider.name), flow),
    identify: async (from, flow, callback) =>
      await (await client()).identify(callback, redirectUri(from, provider.name), flow),
  };
}

function oauthProvider(provider: OauthProvider): Provider {
  return {
    name: provider.name,
    rules: { newAccounts: provider.newAccounts, adoptAccounts: provider.adoptAccounts },
    authorizeUrl: (from, flow) => oauthAuthorizeUrl(provider, redirectUri(from, provider.name), flow),
    async identify(from, { verifier }, { searchParams }) {
      const [code, ...more] = searchParams.getAll("code");
      if (code === undefined || more.length > 0) return undefined;
      return await oauthUser(provider, { code, redirectUri: redirectUri(from, provider.name), verifier });
    },
  };
}
