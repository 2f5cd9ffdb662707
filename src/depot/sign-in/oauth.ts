// Providers of plain OAuth 2.0, each in its own way (reference/depot-api.md §3.6, provider-kinds.ts). Whoever has a token of
// the provider is asked for there; the answer says who it is.
import { ZodError, z } from "zod";
import { HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import type { Identity } from "./account-for.ts";
import type { OauthProvider } from "./config.ts";
import { askProvider } from "./provider-fetch.ts";
import { PROVIDER_KINDS } from "./provider-kinds.ts";

export interface OauthExchange {
  readonly code: string;
  readonly redirectUri: string;
  /** Of PKCE; absent where another program began (`/v1/authenticate/{code}`). */
  readonly verifier?: string;
}

export interface OauthUser extends Identity {
  /** The provider's token, for whoever brought the code. */
  readonly accessToken: string;
}

/** The provider's refusal, with what it said. */
export class ProviderRefusal extends HabError {
  readonly answer: string;

  constructor(what: string, answer: string) {
    super(depotErrors.providerFailed, what);
    this.answer = answer;
  }
}

const tokenAnswer = z.object({ access_token: z.string().min(1).max(16_384) });

/** What is read of a refusal: enough to see why. */
const MAX_REFUSAL_LENGTH = 1000;

/** Where to send the browser. */
export async function oauthAuthorizeUrl(
  provider: OauthProvider,
  redirectUri: string,
  { state, verifier }: { readonly state: string; readonly verifier: string },
): Promise<URL> {
  const kind = PROVIDER_KINDS[provider.kind];
  const url = new URL(provider.authorizeUrl);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const parameters: Readonly<Record<string, string>> = {
    client_id: provider.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    state,
    // Providers that do not know it must pass over it (RFC 6749 §3.1).
    code_challenge: Buffer.from(digest).toString("base64url"),
    code_challenge_method: "S256",
    ...kind.authorizeParameters,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** Exchanges a code for the user it was given to. Throws HabError `providerFailed`, as ProviderRefusal where it said no. */
export async function oauthUser(provider: OauthProvider, exchange: OauthExchange): Promise<OauthUser> {
  const kind = PROVIDER_KINDS[provider.kind];
  const token = readAs(provider, tokenAnswer, await tokenRequest(provider, exchange)).access_token;
  const answer = await jsonOf(
    provider,
    await askProvider(provider.userinfoUrl.href, {
      method: "GET",
      headers: { Authorization: `Bearer ${token}`, Accept: kind.accept },
    }),
  );
  try {
    const { subject, userName, email } = kind.userOf(answer);
    const issuer = `${provider.kind} ${provider.userinfoUrl.href}`;
    return { issuer, subject, provider: provider.name, userName, email, accessToken: token };
  } catch (error) {
    if (error instanceof ZodError) throw unlike(provider, "the user");
    throw error;
  }
}

async function tokenRequest(
  provider: OauthProvider,
  { code, redirectUri, verifier }: OauthExchange,
): Promise<unknown> {
  const { tokenRequest: form, tokenParameters } = PROVIDER_KINDS[provider.kind];
  const { clientId, clientSecret, tokenUrl } = provider;
  const parameters = new URLSearchParams({
    ...(form !== "form-with-basic" && { client_id: clientId, client_secret: clientSecret.reveal() }),
    ...(tokenParameters.grantType && { grant_type: "authorization_code" }),
    code,
    ...(tokenParameters.redirectUri && { redirect_uri: redirectUri }),
    ...(verifier !== undefined && { code_verifier: verifier }),
  });
  const url = new URL(tokenUrl);
  if (form === "query") for (const [name, value] of parameters) url.searchParams.set(name, value);
  const basic = Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString("base64");
  return await jsonOf(
    provider,
    await askProvider(url.href, {
      method: "POST",
      headers: {
        Accept: "application/json",
        ...(form === "form-with-basic" && { Authorization: `Basic ${basic}` }),
        ...(form !== "query" && { "Content-Type": "application/x-www-form-urlencoded" }),
      },
      body: form === "query" ? undefined : parameters.toString(),
    }),
  );
}

async function jsonOf(provider: OauthProvider, answer: Response): Promise<unknown> {
  const body = await answer.text();
  if (!answer.ok)
    throw new ProviderRefusal(
      `${provider.name} answered ${answer.status}`,
      body.slice(0, MAX_REFUSAL_LENGTH).replace(/[^\n -~]/g, "?"),
    );
  try {
    return JSON.parse(body);
  } catch {
    throw unlike(provider, "JSON");
  }
}

function readAs<Value>(provider: OauthProvider, schema: z.ZodType<Value>, answer: unknown): Value {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  // GitHub says its no with status 200.
  const { error } = (answer ?? {}) as { error?: unknown };
  if (typeof error === "string") throw new ProviderRefusal(`${provider.name} gave no token`, "");
  throw unlike(provider, "a token");
}

function unlike(provider: OauthProvider, what: string): HabError {
  return new HabError(depotErrors.providerFailed, `${provider.name} did not answer with ${what}`);
}
