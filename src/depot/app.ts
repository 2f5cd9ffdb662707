// The depot as a function from requests to answers: Hono finds the route, then in this order come authentication,
// parameters, authority, query, handler (reference/depot-api.md §2, §3.1).
import { type Context, Hono } from "hono";
import { describeError, isKind } from "../error/index.ts";
import { empty, Refusal, refusalResponse, text } from "./answers.ts";
import { depotErrors } from "./errors.ts";
import { roleIn, roleReaches } from "./roles.ts";
import type { Access, Call, Depot, Route } from "./route.ts";
import { channelWriteRoutes } from "./routes/channel-writes.ts";
import { channelRoutes } from "./routes/channels.ts";
import { keyRoutes } from "./routes/keys.ts";
import { originRoutes } from "./routes/origins.ts";
import { packageRoutes } from "./routes/packages.ts";
import { profileRoutes } from "./routes/profile.ts";
import { searchRoutes } from "./routes/search.ts";
import { transferRoutes } from "./routes/transfer.ts";
import { type Account, accountOfToken } from "./store/accounts.ts";
import type { Actor } from "./store/audit.ts";
import { isDatabaseAway, timestampOf } from "./store/database.ts";
import { bearerToken, tokenHash } from "./tokens.ts";

/** All routes, in the order in which they are tried: more particular ones before the patterns that would take them. */
export const ROUTES: readonly Route[] = [
  ...searchRoutes,
  ...channelRoutes,
  ...channelWriteRoutes,
  ...originRoutes,
  ...keyRoutes,
  ...transferRoutes,
  ...packageRoutes,
  ...profileRoutes,
];

/** What the HTTP server knows of a request beyond the request. */
export interface Peer {
  readonly address: string;
  liftIdleLimit(): void;
}

export type DepotApp = (request: Request, peer: Peer) => Promise<Response>;

/** Builds the application. It never throws: what fails inside is logged and answered 500. */
export function createApp(depot: Depot): DepotApp {
  const app = new Hono<{ Bindings: Peer }>();
  // Compat: only this path answers 405; everywhere else another method is as unknown as another path.
  app.on(["GET", "HEAD"], "/v1/status", (context) => withAccount(depot, context, () => empty(200)));
  app.all("/v1/status", () => empty(405));
  for (const route of ROUTES) {
    app.on(route.method, `/v1${route.path}`, (context) =>
      withAccount(depot, context, (account) => answer(depot, route, context, account)),
    );
  }
  app.notFound((context) => withAccount(depot, context, () => empty(404)));
  app.onError((error, context) => {
    if (error instanceof Refusal) return refusalResponse(error);
    // A client that went away hears no answer, and is no failure of the depot.
    if (context.req.raw.signal.aborted) return empty(408);
    depot.log(`${context.req.method} ${context.req.path} failed: ${describeError(error)}`);
    if (isUnstorableText(error)) return empty(400);
    if (isDiskFull(error)) return text(507, "The depot's disk is full");
    if (isDatabaseAway(error)) return empty(503, { "Retry-After": "2" });
    // Compat: what the object store fails at is a bad gateway (reference/depot-api.md §2.1).
    return empty(isKind(error, depotErrors.blobsUnreachable) ? 502 : 500);
  });
  return async (request, peer) => await app.fetch(request, peer);
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

type DepotContext = Context<{ Bindings: Peer }>;

/** Authenticates first, on every path: a token that is not valid is refused even where none is needed. */
async function withAccount(
  depot: Depot,
  context: DepotContext,
  next: (account: Account | undefined) => Promise<Response> | Response,
): Promise<Response> {
  const token = bearerToken(context.req.raw.headers.get("authorization"));
  if (token === undefined) return await next(undefined);
  if (token === null) return empty(401);
  const account = await accountOfToken(
    depot.database.db,
    tokenHash(token.reveal()),
    timestampOf(depot.now()),
  );
  return account === undefined ? empty(401) : await next(account);
}

async function answer(
  depot: Depot,
  route: Route,
  context: DepotContext,
  account: Account | undefined,
): Promise<Response> {
  const request = context.req.raw;
  const params = route.params.safeParse(context.req.param());
  if (!params.success) return text(route.badParams?.status ?? 404, route.badParams?.text ?? "");
  route.before?.(params.data);
  const refused = await refusedAccess(depot, route.access, params.data, account);
  if (refused !== undefined) return refused;
  const query = route.query.safeParse(context.req.query());
  if (!query.success) {
    const [issue] = query.error.issues;
    return text(400, `Query deserialize error: ${issue?.path.join(".") ?? ""}`);
  }
  const call: Call<unknown, unknown> = {
    depot,
    request,
    params: params.data,
    query: query.data,
    account,
    liftIdleLimit: () => context.env.liftIdleLimit(),
    actor: () => actorOf(request, account, context.env.address),
  };
  return await route.handle(call);
}

async function refusedAccess(
  depot: Depot,
  access: Access,
  params: unknown,
  account: Account | undefined,
): Promise<Response | undefined> {
  if (access === "anyone") return undefined;
  if (account === undefined) return empty(401);
  if (access === "session") return undefined;
  const { origin } = params as { readonly origin: string };
  const role = await roleIn(depot.database.db, origin, account.id);
  return roleReaches(role, access.role) ? undefined : empty(access.refusedAs ?? 403);
}

function actorOf(request: Request, account: Account | undefined, address: string): Actor {
  if (account === undefined) throw new Refusal(401);
  return { accountId: account.id, accountName: account.name, trigger: triggerOf(request), address };
}

/** Compat: what asked, as the original records it (§4.6). */
function triggerOf(request: Request): string {
  if (request.headers.get("user-agent")?.startsWith("hab/") === true) return "hab_client";
  return request.headers.get("referer")?.includes("http") === true ? "builder_ui" : "unknown";
}
