// Signing in by way of another service: there with a redirection, back with another one (sign-in/flow.ts). Whatever goes
// wrong ends at the page of sign-in, with a word that says why: there is a person at the other end.
import { z } from "zod";
import { describeError, HabError } from "../../error/index.ts";
import { empty, NO_CACHE, text } from "../answers.ts";
import { type Call, type Depot, type Route, route } from "../route.ts";
import { accountForIdentity } from "../sign-in/account-for.ts";
import type { Client } from "../sign-in/client.ts";
import type { SignInFailure } from "../sign-in/failures.ts";
import { beginFlow, endedFlowCookie, type Flow, flowOf } from "../sign-in/flow.ts";
import type { Provider } from "../sign-in/providers.ts";
import { countQuestion } from "../sign-in/questions.ts";
import { returnTo, returnToQuery } from "../sign-in/return-to.ts";
import { sessionCookie, startSession } from "../sign-in/sessions.ts";
import type { Account } from "../store/accounts.ts";
import { timestampOf } from "../store/database.ts";
import { sessionsOf } from "../store/sessions.ts";

const byProvider = z.object({ provider: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/) });

export const signInRedirectRoutes: readonly Route[] = [
  route({
    method: "GET",
    path: "/sign-in/:provider",
    summary: "Go to another service to sign in there; with link, to link it with the caller's account",
    access: "anyone",
    answers: { 303: "empty", 401: "text", 404: "empty" },
    params: byProvider,
    query: returnToQuery.extend({ link: z.enum(["true", "false"]).optional() }),
    async handle({ depot, client, params, query, signedIn }) {
      const provider = depot.signIn.providers.get(params.provider);
      if (provider === undefined) return empty(404);
      countQuestion(depot, client);
      const session = signedIn?.by === "session" ? signedIn.session : undefined;
      if (query.link === "true" && session === undefined) return text(401, "Sign in first, then link");
      const { flow, setCookie } = await beginFlow(depot, client, {
        provider: provider.name,
        returnTo: returnTo(query.return_to),
        link:
          query.link === "true" && session ? { session: session.id, account: session.account_id } : undefined,
      });
      try {
        return redirect((await provider.authorizeUrl(client, flow)).href, setCookie);
      } catch (error) {
        return failed(depot, client, provider, error);
      }
    },
  }),
  route({
    method: "GET",
    path: "/sign-in/:provider/callback",
    summary: "Come back from another service; sets the session's cookie unless it was to link",
    access: "anyone",
    answers: { 303: "empty", 404: "empty" },
    params: byProvider,
    query: z.object({
      code: z.string().optional(),
      state: z.string().optional(),
      error: z.string().optional(),
      iss: z.string().optional(),
    }),
    async handle(call) {
      const { depot, client, request, params } = call;
      const provider = depot.signIn.providers.get(params.provider);
      if (provider === undefined) return empty(404);
      const flow = await flowOf(depot, client, request.headers, provider.name);
      if (flow === undefined || call.query.state !== flow.state) return failure(client, "expired");
      countQuestion(depot, client);
      try {
        const account = await accountOfCallback(call, provider, flow);
        if (typeof account === "string") return failure(client, account);
        // Linking is no sign-in: who did it goes on in the session they had.
        if (flow.link !== undefined) return redirect(flow.returnTo, endedFlowCookie(client));
        const start = { account, way: provider.name, kind: "browser", client, request } as const;
        const secret = await startSession(depot, start);
        return redirect(flow.returnTo, endedFlowCookie(client), sessionCookie(depot, secret, client));
      } catch (error) {
        return failed(depot, client, provider, error);
      }
    },
  }),
];

async function accountOfCallback(
  { depot, client, request, query }: Call<unknown, { readonly error?: string | undefined }>,
  provider: Provider,
  flow: Flow,
): Promise<Account | SignInFailure> {
  if (query.error === "access_denied") return "denied";
  const callback = new URL(request.url);
  const identity = await provider.identify(client, flow, callback);
  if (identity === undefined) return "denied";
  if (flow.link === undefined) return await accountForIdentity(depot, identity, provider.rules);
  // Whoever has signed out since must not be linked with somebody who came later.
  const { session, account } = flow.link;
  const open = await sessionsOf(depot.database.db, account, timestampOf(depot.now()));
  if (!open.some(({ id }) => id === session)) return "expired";
  return await accountForIdentity(depot, identity, { ...provider.rules, linkTo: account });
}

/** A provider that fails is the operator's to mend, and written down; anything else is a fault of ours. */
function failed(depot: Depot, client: Client, provider: Provider, error: unknown): Response {
  if (!(error instanceof HabError)) throw error;
  depot.log(`signing in through ${provider.name} failed: ${describeError(error)}`);
  return failure(client, "provider");
}

function failure(client: Client, why: SignInFailure): Response {
  return redirect(`/sign-in?failure=${why}`, endedFlowCookie(client));
}

function redirect(location: string, ...cookies: readonly string[]): Response {
  const answer = empty(303, {
    Location: location,
    "Cache-Control": NO_CACHE,
    "Referrer-Policy": "no-referrer",
  });
  for (const line of cookies) answer.headers.append("Set-Cookie", line);
  return answer;
}
