// The depot as a function from requests to answers: Hono finds the route, then in this order come authentication,
// parameters, authority, query, handler (reference/depot-api.md §2, §3.1).
import { type Context, Hono } from "hono";
import { describeError, isKind } from "../error/index.ts";
import { lazyPages } from "../web/index.ts";
import { empty, jsonText, NO_CACHE, Refusal, refusalResponse, text } from "./answers.ts";
import { authenticate, type SignedIn } from "./authentication.ts";
import { jsonBody } from "./bodies.ts";
import { depotErrors } from "./errors.ts";
import { isOutOfFiles } from "./file-limit.ts";
import { blobResponse, textResponse } from "./kept-answers.ts";
import { DEFAULT_RATE, INVALID_TOKEN_RATE, MAX_RUNNING_REQUESTS, PRETENCE_RATE } from "./limits.ts";
import { openApiDocument } from "./openapi.ts";
import { isLoopback, type Rate, RateLimit } from "./rate-limit.ts";
import { type Caller, roleIn, roleReaches } from "./roles.ts";
import type { Call, Depot, Route } from "./route.ts";
import { ROUTES } from "./routes/index.ts";
import { coversVerb } from "./scopes.ts";
import type { Client } from "./sign-in/client.ts";
import { guardFault } from "./sign-in/guard.ts";
import type { Actor } from "./store/audit.ts";
import { isDatabaseAway, isUniqueViolation } from "./store/database.ts";
import { findOrigin } from "./store/origins.ts";
import { requestedTarget } from "./target.ts";

/** What the HTTP server knows of a request beyond the request. */
export interface Peer {
  readonly address: string;
  liftIdleLimit(): void;
}

/** A request with what is known of who sent it. */
interface Sender extends Peer {
  readonly client: Client;
}

export type DepotApp = (request: Request, peer: Peer) => Promise<Response>;

/**
 * Builds the application. It never throws: what fails inside is logged and answered 500. Without a `rate` the default one
 * holds for other machines, and none for this one.
 */
export function createApp(depot: Depot, rate?: Rate | "unlimited"): DepotApp {
  const invalidTokens = new RateLimit(INVALID_TOKEN_RATE, depot.now);
  const app = new Hono<{ Bindings: Sender }>();
  // Compat: only this path answers 405; everywhere else another method is as unknown as another path.
  app.on(["GET", "HEAD"], "/v1/status", (context) =>
    withCaller(depot, context, invalidTokens, () => empty(200)),
  );
  app.all("/v1/status", () => empty(405));
  let description: string | undefined;
  app.get("/v1/openapi.json", (context) =>
    withCaller(depot, context, invalidTokens, () => {
      description ??= JSON.stringify(openApiDocument());
      return jsonText(200, description);
    }),
  );
  for (const route of ROUTES) {
    app.on(route.method, `/v1${route.path}`, (context) =>
      withCaller(depot, context, invalidTokens, (signedIn) => answer(depot, route, context, signedIn)),
    );
  }
  const pages = lazyPages("depot");
  app.notFound(async (context) => {
    const path = rawPath(context.req.raw);
    // Pages hold nothing that is anybody's, so nobody is asked who they are.
    const page = path.startsWith("/v1/") ? undefined : await pages.answer(context.req.raw, path);
    return page ?? (await withCaller(depot, context, invalidTokens, () => empty(404)));
  });
  app.onError((error, context) => failureResponse(depot, context.req.raw, error));
  const requests = new RateLimit(rate === undefined || rate === "unlimited" ? DEFAULT_RATE : rate, depot.now);
  let running = 0;
  const pretence = new RateLimit(PRETENCE_RATE, depot.now);
  return async (request, peer) => {
    const client = depot.signIn.clientOf(request, peer.address);
    const limited = rate !== "unlimited" && (rate !== undefined || !isLoopback(client.address));
    if (limited && !requests.take(client.address)) return tooMany(requests);
    if (client.pretends && pretence.take(""))
      depot.log(
        `${client.address} names an account as a proxy does, but is none of sign-in's proxy.addresses`,
      );
    const address = openAddressOf(request, client);
    const known = address === undefined ? undefined : await depot.cache.known(address);
    if (known !== undefined && known.status !== "blob") return textResponse(known);
    if (running >= MAX_RUNNING_REQUESTS) return text(503, "Too many requests", { "Retry-After": "1" });
    running++;
    try {
      if (known !== undefined) return await blobResponse(depot, request, known);
      return await app.fetch(request, { ...peer, client });
    } catch (error) {
      return failureResponse(depot, request, error);
    } finally {
      running--;
    }
  };
}

/** What is answered when a request ends in an error. */
function failureResponse(depot: Depot, request: Request, error: unknown): Response {
  if (error instanceof Refusal) return refusalResponse(error);
  // A client that went away hears no answer, and is no failure of the depot.
  if (request.signal.aborted) return empty(408);
  // Two that create the same at once, each having looked before it wrote: the second finds it there, as if it came later.
  if (isUniqueViolation(error)) return empty(409);
  depot.log(`${request.method} ${rawPath(request)} failed: ${describeError(error)}`);
  if (isUnstorableText(error)) return empty(400);
  if (isDiskFull(error)) return text(507, "The depot's disk is full");
  if (isOutOfFiles(error)) return empty(503, { "Retry-After": "2" });
  if (isDatabaseAway(error)) return empty(503, { "Retry-After": "2" });
  // Compat: what the object store fails at is a bad gateway (reference/depot-api.md §2.1).
  return empty(isKind(error, depotErrors.blobsUnreachable) ? 502 : 500);
}

/**
 * All that an answer to a reader who is nobody depends on, besides the database: the address that is asked, and the target
 * that the client is for. Undefined for others. Whatever may say who somebody is must be looked at here.
 */
function openAddressOf(request: Request, client: Client): string | undefined {
  if (request.method !== "GET" || client.proxyAccount !== undefined) return undefined;
  const { headers } = request;
  if (headers.has("authorization") || headers.has("cookie")) return undefined;
  return `${requestedTarget(undefined, headers.get("user-agent"))} ${request.url}`;
}

/** The path of a request's address, still encoded. */
function rawPath(request: Request): string {
  return new URL(request.url, "http://depot").pathname;
}

function tooMany(limit: RateLimit): Response {
  return text(429, "Too many requests", { "Retry-After": String(limit.retryAfterSeconds) });
}

function isDiskFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  // 53100: the disk of the database server.
  const { errno } = (error ?? {}) as { errno?: unknown };
  return code === "ENOSPC" || code === "EDQUOT" || code === "SQLITE_FULL" || errno === "53100";
}

/** PostgreSQL keeps no NUL in a text, so nothing can be named so, or asked for. */
function isUnstorableText(error: unknown): boolean {
  return (error as { errno?: unknown } | null)?.errno === "22021";
}

type DepotContext = Context<{ Bindings: Sender }>;

/** Authenticates first, on every path: a token that is not valid is refused even where none is needed. */
async function withCaller(
  depot: Depot,
  context: DepotContext,
  invalidTokens: RateLimit,
  next: (signedIn: SignedIn | undefined) => Promise<Response> | Response,
): Promise<Response> {
  const { client } = context.env;
  const { address } = client;
  const request = context.req.raw;
  const { headers } = request;
  // Who has tried too many tokens is not told about the next one.
  if (headers.has("authorization") && !invalidTokens.has(address)) return tooMany(invalidTokens);
  const signedIn = await authenticate(depot, headers, client);
  if (signedIn === null) {
    if (!isLoopback(address)) invalidTokens.take(address);
    return empty(401);
  }
  const fault = guardFault(request, signedIn, client);
  if (fault !== undefined) return text(403, fault);
  const response = await next(signedIn);
  // A browser keeps what nothing forbids it to keep, for whoever sits down at it next.
  if (signedIn !== undefined && signedIn.by !== "token" && !response.headers.has("cache-control"))
    response.headers.set("Cache-Control", NO_CACHE);
  return response;
}

async function answer(
  depot: Depot,
  route: Route,
  context: DepotContext,
  signedIn: SignedIn | undefined,
): Promise<Response> {
  const request = context.req.raw;
  const { client } = context.env;
  const account = signedIn?.caller;
  const params = route.params.safeParse(context.req.param());
  if (!params.success) return text(route.badParams?.status ?? 404, route.badParams?.text ?? "");
  route.before?.(params.data, context.req.query());
  const refused = await refusedAccess(depot, route, params.data, account);
  if (refused !== undefined) return refused;
  const query = route.query.safeParse(context.req.query());
  if (!query.success) {
    const [issue] = query.error.issues;
    return text(400, route.badQuery ?? `Query deserialize error: ${issue?.path.join(".") ?? ""}`);
  }
  const { body } = route;
  const call: Call<unknown, unknown> = {
    depot,
    request,
    address: context.env.address,
    params: params.data,
    query: query.data,
    account,
    signedIn,
    client,
    json: async () => {
      if (body === undefined) throw new TypeError(`${route.method} ${route.path} declares no body`);
      return await jsonBody(request, body);
    },
    openAddress: openAddressOf(request, client),
    liftIdleLimit: () => context.env.liftIdleLimit(),
    actor: () => actorOf(request, account, client.address),
  };
  return await route.handle(call);
}

async function refusedAccess(
  depot: Depot,
  route: Route,
  params: unknown,
  caller: Caller | undefined,
): Promise<Response | undefined> {
  const { access } = route;
  if (access === "anyone") return undefined;
  if (caller === undefined) return empty(401);
  if (!isInScope(route, caller)) return text(403, outOfScope(route));
  if (access === "session") return undefined;
  const { db } = depot.database;
  const { origin } = params as { readonly origin: string };
  const role = await roleIn(db, origin, caller);
  if (roleReaches(role, access.role)) return undefined;
  if (access.unknownOrigin !== undefined && (await findOrigin(db, origin)) === undefined)
    return empty(access.unknownOrigin);
  return empty(access.refusedAs ?? 403);
}

/** Whether the caller's token may be used for this route. Reading is part of every scope, unless the route says otherwise. */
function isInScope({ method, verb }: Route, caller: Caller): boolean {
  return (method === "GET" && verb === undefined) || coversVerb(caller, verb);
}

function outOfScope({ verb }: Route): string {
  return verb === undefined
    ? "This access token has a scope: it cannot change the account"
    : `The scope of this access token does not include '${verb}'`;
}

function actorOf(request: Request, account: Caller | undefined, address: string): Actor {
  if (account === undefined) throw new Refusal(401);
  return { accountId: account.id, accountName: account.name, trigger: triggerOf(request), address };
}

/** Compat: what asked, as the original records it (§4.6). */
function triggerOf(request: Request): string {
  if (request.headers.get("user-agent")?.startsWith("hab/") === true) return "hab_client";
  return request.headers.get("referer")?.includes("http") === true ? "builder_ui" : "unknown";
}
