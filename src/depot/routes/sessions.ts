// Logging in, and the licence of the original's public depot, which this one does not ask for (reference/depot-api.md
// §3.2, §13).
import { z } from "zod";
import { describeError, HabError } from "../../error/index.ts";
import { sessionAnswer } from "../answer-schemas.ts";
import { empty, json, NO_CACHE, text } from "../answers.ts";
import { depotErrors } from "../errors.ts";
import { MAX_TOKEN_LENGTH } from "../limits.ts";
import { type Call, type Route, route } from "../route.ts";
import { accountForIdentity } from "../sign-in/account-for.ts";
import type { OauthProvider } from "../sign-in/config.ts";
import { SIGN_IN_FAILURES } from "../sign-in/failures.ts";
import { oauthUser, ProviderRefusal } from "../sign-in/oauth.ts";
import { countQuestion } from "../sign-in/questions.ts";
import { startSession } from "../sign-in/sessions.ts";
import { type Account, accountInUse } from "../store/accounts.ts";
import { tokenHash } from "../tokens.ts";

const nothing = z.object({});

export const sessionRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/authenticate/:code",
    summary: "Exchange a code of the login provider for a session",
    access: "anyone",
    answers: { 200: sessionAnswer, 401: "text" },
    params: z.object({ code: z.string().min(1).max(MAX_TOKEN_LENGTH) }),
    query: nothing,
    async handle(call) {
      const { depot, params } = call;
      // With fixed accounts a token is its own code, as in the original's test mode (§3.5).
      const id = depot.fixedAccounts.byTokenHash.get(tokenHash(params.code));
      const fixed = id === undefined ? undefined : await accountInUse(depot.database.db, id);
      if (fixed !== undefined) return session(fixed, params.code, "");
      const [provider] = depot.signIn.config.oauth;
      return provider === undefined ? empty(401) : await sessionOfCode(call, provider, params.code);
    },
  }),
  route({
    method: "GET",
    path: "/profile/license",
    summary: "The caller's licence: there is none",
    access: "session",
    answers: { 404: "empty" },
    params: nothing,
    query: nothing,
    handle: () => empty(404),
  }),
  route({
    method: "PUT",
    path: "/profile/license",
    summary: "Hand in a licence, which this depot asks for nowhere",
    access: "session",
    answers: { 400: "text" },
    params: nothing,
    query: nothing,
    handle: () => text(400, "This depot needs no license key."),
  }),
];

/** Compat: pages of the original bring the code that the provider gave them, and get a session as a bearer token (§3.2). */
async function sessionOfCode(
  { depot, client, request }: Call<unknown, unknown>,
  provider: OauthProvider,
  code: string,
): Promise<Response> {
  countQuestion(depot, client);
  const redirectUri = provider.redirectUrl?.href ?? `${client.origin}/`;
  try {
    const user = await oauthUser(provider, { code, redirectUri });
    const { newAccounts, adoptAccounts } = provider;
    const account = await accountForIdentity(depot, user, { newAccounts, adoptAccounts });
    if (typeof account === "string") return text(401, SIGN_IN_FAILURES[account]);
    const start = { account, way: provider.name, kind: "client", client, request } as const;
    return session(account, (await startSession(depot, start)).reveal(), user.accessToken);
  } catch (error) {
    if (!(error instanceof HabError) || error.kind !== depotErrors.providerFailed) throw error;
    depot.log(`signing in through ${provider.name} failed: ${describeError(error)}`);
    // Compat: what the provider said is the answer.
    return text(401, error instanceof ProviderRefusal ? error.answer : "");
  }
}

function session({ id, name, email }: Account, token: string, oauthToken: string): Response {
  return json(200, { id, name, email, token, flags: 0, oauth_token: oauthToken }, NO_CACHE);
}
