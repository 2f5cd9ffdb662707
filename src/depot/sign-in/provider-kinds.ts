// OAuth providers that the original knows, each with its own way to ask for a token and to name a user
// (reference/depot-api.md §3.6).
import { z } from "zod";

export interface ProviderUser {
  /** What the provider calls the user for ever. */
  readonly subject: string;
  readonly userName: string;
  readonly email: string;
}

export interface KindOfProvider {
  readonly title: string;
  /** Addresses of the public service, if there is one. */
  readonly urls?: {
    readonly authorize_url: string;
    readonly token_url: string;
    readonly userinfo_url: string;
  };
  /** Parameters of the authorisation beside client, redirection, type and state. */
  readonly authorizeParameters: Readonly<Record<string, string>>;
  /** Where a token request has its parameters, and how the client proves itself. */
  readonly tokenRequest: "query" | "form" | "form-with-basic";
  /** Whether the token request says `grant_type` and `redirect_uri`. */
  readonly tokenParameters: { readonly grantType: boolean; readonly redirectUri: boolean };
  /** `Accept` of the request for the user. */
  readonly accept: string;
  /** Throws a ZodError where the answer is no user. */
  readonly userOf: (answer: unknown) => ProviderUser;
}

const name = z.string().min(1).max(255);
const email = z.string().max(320).nullish();

const gitlabUser = z.object({ sub: name, nickname: name, email });
const githubUser = z.object({ id: z.number().int().nonnegative(), login: name, email });
const bitbucketUser = z.union([
  z.object({ user: name }).transform(({ user }) => user),
  z.object({ username: name }).transform(({ username }) => username),
]);
const oktaUser = z.object({ sub: name, preferred_username: name, email });
const azureUser = z.object({ sub: name, upn: name });
const directoryUser = z.object({ sub: name });

const FORM = { tokenRequest: "form", tokenParameters: { grantType: true, redirectUri: true } } as const;
const JSON_ONLY = "application/json";

/** Compat: a fixed nonce, which only the parameter's presence is asked for: no ID token is used here. */
const NONCE = { nonce: "0" };

const okta = (title: string): KindOfProvider => ({
  title,
  authorizeParameters: { scope: "openid profile email", ...NONCE },
  ...FORM,
  accept: JSON_ONLY,
  userOf(answer) {
    const user = oktaUser.parse(answer);
    return { subject: user.sub, userName: user.preferred_username, email: user.email ?? "" };
  },
});

const kinds = {
  github: {
    title: "GitHub",
    urls: {
      authorize_url: "https://github.com/login/oauth/authorize",
      token_url: "https://github.com/login/oauth/access_token",
      userinfo_url: "https://api.github.com/user",
    },
    authorizeParameters: {},
    tokenRequest: "query",
    tokenParameters: { grantType: false, redirectUri: false },
    accept: "application/vnd.github.v3+json, application/json",
    userOf(answer) {
      const user = githubUser.parse(answer);
      return { subject: String(user.id), userName: user.login, email: user.email ?? "" };
    },
  },
  gitlab: {
    title: "GitLab",
    urls: {
      authorize_url: "https://gitlab.com/oauth/authorize",
      token_url: "https://gitlab.com/oauth/token",
      userinfo_url: "https://gitlab.com/oauth/userinfo",
    },
    authorizeParameters: { scope: "openid" },
    tokenRequest: "query",
    tokenParameters: { grantType: true, redirectUri: true },
    accept: JSON_ONLY,
    userOf(answer) {
      const user = gitlabUser.parse(answer);
      return { subject: user.sub, userName: user.nickname, email: user.email ?? "" };
    },
  },
  bitbucket: {
    title: "Bitbucket",
    urls: {
      authorize_url: "https://bitbucket.org/site/oauth2/authorize",
      token_url: "https://bitbucket.org/site/oauth2/access_token",
      userinfo_url: "https://api.bitbucket.org/2.0/user",
    },
    authorizeParameters: {},
    tokenRequest: "form-with-basic",
    tokenParameters: { grantType: true, redirectUri: false },
    accept: JSON_ONLY,
    userOf(answer) {
      const user = bitbucketUser.parse(answer);
      return { subject: user, userName: user, email: "" };
    },
  },
  okta: okta("Okta"),
  "chef-automate": okta("Chef Automate"),
  "azure-ad": {
    title: "Azure AD",
    authorizeParameters: { scope: "openid", ...NONCE },
    ...FORM,
    accept: JSON_ONLY,
    userOf(answer) {
      const user = azureUser.parse(answer);
      return { subject: user.sub, userName: user.upn, email: "" };
    },
  },
  "active-directory": {
    title: "Active Directory",
    authorizeParameters: { scope: "openid", ...NONCE },
    ...FORM,
    accept: JSON_ONLY,
    userOf(answer) {
      const user = directoryUser.parse(answer);
      return { subject: user.sub, userName: user.sub, email: "" };
    },
  },
} satisfies Readonly<Record<string, KindOfProvider>>;

export type ProviderKind = keyof typeof kinds;

export const PROVIDER_KINDS: Readonly<Record<ProviderKind, KindOfProvider>> = kinds;
