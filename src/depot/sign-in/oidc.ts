// OpenID Connect: authorisation code with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 9700). The library
// `oauth4webapi` builds and checks the messages; here is what it is told and what is remembered.
import * as oauth from "oauth4webapi";
import { HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import type { Identity } from "./account-for.ts";
import type { OidcProvider } from "./config.ts";
import { askProvider, type ProviderRequest } from "./provider-fetch.ts";

/** How long the provider's description of itself is believed. Its keys are looked up anew when one is unknown. */
const DESCRIPTION_MS = 3600_000;

/** What must come back unchanged with the browser. */
export interface OidcProof {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export interface OidcClient {
  /** Where to send the browser. Throws HabError `providerFailed`. */
  authorizeUrl(redirectUri: string, proof: OidcProof): Promise<URL>;
  /**
   * Who came back at `callback`; undefined where the provider says that the person may or will not. Throws HabError
   * `providerFailed` for everything that is not as it should be.
   */
  identify(callback: URL, redirectUri: string, proof: OidcProof): Promise<Identity | undefined>;
}

export function oidcClient(provider: OidcProvider, now: () => number): OidcClient {
  const { issuer, clientId, clientSecret } = provider;
  const options = {
    [oauth.customFetch]: (url: string, request: ProviderRequest) => askProvider(url, request),
    // Only for an issuer on this machine: the configuration takes no other over plain HTTP.
    [oauth.allowInsecureRequests]: issuer.protocol === "http:",
  };
  const client: oauth.Client = { client_id: clientId };
  let known: { server: oauth.AuthorizationServer; until: number } | undefined;

  const server = async (): Promise<oauth.AuthorizationServer> => {
    if (known !== undefined && known.until > now()) return known.server;
    const answer = await oauth.discoveryRequest(issuer, { ...options, algorithm: "oidc" });
    const described = await oauth.processDiscoveryResponse(issuer, answer);
    known = { server: described, until: now() + DESCRIPTION_MS };
    return described;
  };

  const authentication = ({ token_endpoint_auth_methods_supported: methods }: oauth.AuthorizationServer) => {
    if (clientSecret === undefined) return oauth.None();
    // What a server supports that does not say so (Discovery 1.0 §3).
    const isBasic = methods?.includes("client_secret_basic") ?? true;
    return isBasic
      ? oauth.ClientSecretBasic(clientSecret.reveal())
      : oauth.ClientSecretPost(clientSecret.reveal());
  };

  const failing = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof HabError) throw cause;
      throw new HabError(depotErrors.providerFailed, `signing in through ${provider.name} failed`, { cause });
    }
  };

  return {
    authorizeUrl: (redirectUri, { state, nonce, verifier }) =>
      failing(async () => {
        const { authorization_endpoint: endpoint } = await server();
        if (endpoint === undefined) throw new TypeError("the provider names no authorization_endpoint");
        const url = new URL(endpoint);
        const parameters = {
          client_id: clientId,
          redirect_uri: redirectUri,
          response_type: "code",
          scope: provider.scopes.join(" "),
          state,
          nonce,
          code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
          code_challenge_method: "S256",
        };
        for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
        return url;
      }),
    identify: (callback, redirectUri, { state, nonce, verifier }) =>
      failing(async () => {
        const described = await server();
        const parameters = answerParameters(described, client, callback, state);
        if (parameters === undefined) return undefined;
        const answer = await oauth.authorizationCodeGrantRequest(
          described,
          client,
          authentication(described),
          parameters,
          redirectUri,
          verifier,
          options,
        );
        const tokens = await oauth.processAuthorizationCodeResponse(described, client, answer, {
          expectedNonce: nonce,
          requireIdToken: true,
        });
        await oauth.validateApplicationLevelSignature(described, answer, options);
        const claims = oauth.getValidatedIdTokenClaims(tokens);
        if (claims === undefined) throw new TypeError("the provider sent no ID token");
        const more = await furtherClaims(described, client, tokens.access_token, claims);
        const name = more[provider.nameClaim];
        const email = more["email"];
        return {
          issuer: claims.iss,
          subject: claims.sub,
          provider: provider.name,
          userName: typeof name === "string" ? name : "",
          email: typeof email === "string" ? email : "",
        };
      }),
  };

  /** Claims of the ID token, and of the user information where the name is only there. */
  async function furtherClaims(
    described: oauth.AuthorizationServer,
    asClient: oauth.Client,
    accessToken: string,
    claims: oauth.IDToken,
  ): Promise<Readonly<Record<string, unknown>>> {
    if (claims[provider.nameClaim] !== undefined || described.userinfo_endpoint === undefined) return claims;
    const answer = await oauth.userInfoRequest(described, asClient, accessToken, options);
    // The subject must be the one of the ID token: another's name would be taken else (Core 1.0 §5.3.2).
    return { ...(await oauth.processUserInfoResponse(described, asClient, claims.sub, answer)), ...claims };
  }
}

/** The answer of the authorisation; undefined where it is a no. Throws where it is not an answer to our question. */
function answerParameters(
  server: oauth.AuthorizationServer,
  client: oauth.Client,
  callback: URL,
  state: string,
): URLSearchParams | undefined {
  try {
    return oauth.validateAuthResponse(server, client, callback, state);
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError && error.error === "access_denied")
      return undefined;
    throw error;
  }
}
