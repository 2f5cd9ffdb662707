// The ways in which somebody can sign in here with a browser, as the configuration has them.
import type { SignInConfig } from "./config.ts";

export interface SignInWay {
  readonly kind: "password" | "oidc" | "oauth" | "kerberos" | "proxy";
  /** What to call it. */
  readonly name: string;
  readonly url: string;
}

/** In the order in which pages offer them. */
export function waysOf({ password, oidc, oauth, kerberos, proxy }: SignInConfig): SignInWay[] {
  const way = (kind: SignInWay["kind"], name: string, path: string): SignInWay => ({
    kind,
    name,
    url: `/v1/sign-in/${path}`,
  });
  return [
    ...(password ? [way("password", "Password", "password")] : []),
    ...oidc.map(({ name, title }) => way("oidc", title, name)),
    ...oauth.map(({ name, title }) => way("oauth", title, name)),
    ...(kerberos === undefined ? [] : [way("kerberos", kerberos.title, "kerberos")]),
    ...(proxy?.accountHeader === undefined ? [] : [way("proxy", "Proxy", "proxy")]),
  ];
}

export function hasWayForBrowsers(config: SignInConfig): boolean {
  return waysOf(config).length > 0;
}
