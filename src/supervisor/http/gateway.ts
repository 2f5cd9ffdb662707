// The HTTP gateway: routes, status codes and headers (reference/supervisor.md §14). What it answers comes from a view
// of the Supervisor, as finished JSON texts.
import { constantTimeEqual } from "../../crypto/index.ts";
import type { CtlServerTls } from "../../ctl/index.ts";
import { describeError, HabError, systemErrorCode } from "../../error/index.ts";
import type { Pages } from "../../web/index.ts";
import { supervisorErrors } from "../errors.ts";
import type { EventLog } from "../events/event-log.ts";
import { formatServiceGroup, parseServiceGroup } from "../group.ts";
import type { PageFeed } from "../pages/feed.ts";
import { parseTopics } from "../pages/topics.ts";
import type { HealthResult } from "../plan/health.ts";
import type { Readiness } from "../readiness.ts";
import { eventStream, type Follower } from "./event-stream.ts";
import type { Metrics } from "./metrics.ts";

/** What the gateway shows. Texts are JSON; undefined means that no such service is loaded. */
export interface GatewayView {
  servicesJson(): string;
  serviceJson(group: string): string | undefined;
  configJson(group: string): string | undefined;
  health(
    group: string,
  ): Promise<{ readonly result: HealthResult; readonly stdout: string; readonly stderr: string } | undefined>;
  butterflyJson(): string;
  censusJson(): string;
  /** Beyond the original: what is believed of the ring. */
  ringJson(report: RingReportName): string | Promise<string>;
  /** Beyond the original: whether everything that is to run does. */
  readiness(): Readiness;
  /** Beyond the original: what happens. */
  readonly events: EventLog;
  /** Called before metrics are printed, to refresh gauges. */
  measure(): void;
}

export const RING_REPORTS = ["status", "members", "rumors", "health"] as const;
export type RingReportName = (typeof RING_REPORTS)[number];

/** The pages at `/ui`, beyond the original: their files, and what they show. */
export interface GatewayPages {
  readonly files: Pages;
  readonly feed: Pick<PageFeed, "follow">;
}

export interface GatewayOptions {
  readonly host: string;
  readonly port: number;
  readonly authToken?: string;
  /** `HAB_FEAT_REDACT_HTTP`: no configuration, census or ring data. */
  readonly redact: boolean;
  readonly tls?: CtlServerTls;
  readonly pages?: GatewayPages;
}

const HEALTH_STATUS: Record<HealthResult, { readonly code: number; readonly text: string }> = {
  Ok: { code: 200, text: "OK" },
  Warning: { code: 200, text: "WARNING" },
  Critical: { code: 503, text: "CRITICAL" },
  Unknown: { code: 500, text: "UNKNOWN" },
};

const PAGES_DATA = "/ui/data/";
/** What pages show, as events. */
const PAGES_STREAM = `${PAGES_DATA}stream`;

/** Routes of their own, which refuse other methods with 405; everything below /services answers 404 to them. */
const PLAIN_ROUTES = new Set([
  "/",
  "/butterfly",
  "/census",
  "/events",
  "/metrics",
  PAGES_STREAM,
  ...RING_REPORTS.map((report) => `/ring/${report}`),
]);

/** Answers one request. Pure but for the view; `path` is the raw request path without its query. */
export async function answer(
  method: string,
  path: string,
  view: GatewayView,
  metrics: Metrics,
  redact: boolean,
): Promise<Response> {
  if (method !== "GET") {
    return PLAIN_ROUTES.has(path) ? empty(405, { allow: "GET" }) : empty(404);
  }
  switch (path) {
    case "/":
      return text("No API docs provided at build", "text/html");
    case "/butterfly":
      return redact ? empty(404) : json(view.butterflyJson());
    case "/census":
      return redact ? empty(404) : json(view.censusJson());
    case "/services":
      return json(view.servicesJson());
    case "/metrics":
      view.measure();
      return text(metrics.text(), "text/plain; version=0.0.4");
    case "/ring/status":
    case "/ring/members":
    case "/ring/rumors":
    case "/ring/health":
      return redact ? empty(404) : json(await view.ringJson(path.slice("/ring/".length) as RingReportName));
    default:
      return path.startsWith("/services/") ? answerService(path, view, redact) : empty(404);
  }
}

/**
 * `/livez` and `/readyz`, for probes that can show no token: they learn a yes or no, and only who may see the rest also why
 * not. Undefined for other paths.
 */
export function answerProbe(
  method: string,
  path: string,
  view: GatewayView,
  authorized: boolean,
): Response | undefined {
  if (path !== "/livez" && path !== "/readyz") return undefined;
  if (method !== "GET" && method !== "HEAD") return empty(405, { allow: "GET, HEAD" });
  if (path === "/livez") return json('{"alive":true}');
  const report = view.readiness();
  return json(JSON.stringify(authorized ? report : { ready: report.ready }), report.ready ? 200 : 503);
}

/** `/events`, from after the event a client saw last. */
function answerEvents(request: Request, view: GatewayView, cutOff: () => void): Response {
  return streamed(view.events.follow(request.headers.get("last-event-id") ?? undefined), cutOff);
}

/**
 * What pages show (docs/supervisor-pages.md): documents of `topics`, of which `known` were followed up to Last-Event-ID, and
 * changes of them.
 */
function answerPages(request: Request, { feed }: GatewayPages, cutOff: () => void): Response {
  const { searchParams } = new URL(request.url, "http://gateway");
  const topics = parseTopics(searchParams.get("topics") ?? "");
  const known = parseTopics(searchParams.get("known") ?? "");
  if (topics === undefined || known === undefined) return empty(400);
  const lastId = request.headers.get("last-event-id") ?? undefined;
  return streamed(feed.follow({ topics, known, lastId }), cutOff);
}

function streamed(follower: Follower | undefined, cutOff: () => void): Response {
  if (follower === undefined) return empty(503, { "retry-after": "10" });
  return new Response(eventStream(follower, cutOff), {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

async function answerService(path: string, view: GatewayView, redact: boolean): Promise<Response> {
  const parts = path.split("/").slice(2);
  if (parts.length < 2 || parts.length > 4 || parts.some((part) => part === "")) return empty(404);
  // Compat: `…/group/config` and `…/group/health` win over an organization of that name (§14).
  const last = parts.at(-1);
  const aspect =
    parts.length === 4 && last !== "config" && last !== "health"
      ? undefined
      : parts.length > 2 && (last === "config" || last === "health")
        ? last
        : "service";
  if (aspect === undefined) return empty(404);
  const group = groupOf(aspect === "service" ? parts : parts.slice(0, -1));
  if (group === undefined) return empty(400);
  if (aspect === "health") return healthResponse(view, group);
  const body = aspect === "config" ? view.configJson(group) : view.serviceJson(group);
  if (body === undefined) return empty(404);
  return json(aspect === "config" && redact ? "null" : body);
}

async function healthResponse(view: GatewayView, group: string): Promise<Response> {
  const health = await view.health(group);
  if (health === undefined) return empty(404);
  const { code, text: status } = HEALTH_STATUS[health.result];
  return json(JSON.stringify({ status, stdout: health.stdout, stderr: health.stderr }), code);
}

function groupOf(parts: readonly string[]): string | undefined {
  try {
    const [service = "", group = "", organization] = parts.map(decodeURIComponent);
    if ([service, group, organization ?? ""].some((part) => /[.#@]/.test(part))) return undefined;
    return formatServiceGroup(
      parseServiceGroup(
        organization === undefined ? `${service}.${group}` : `${service}.${group}@${organization}`,
      ),
    );
  } catch {
    return undefined;
  }
}

/** Whether the Authorization header carries the token: scheme and token, in constant time. */
export function isAuthorized(header: string | null, token: string): boolean {
  const parts = (header ?? "").split(/[ \t]+/);
  if (parts.length !== 2 || parts[0] !== "Bearer") return false;
  const given = new Bun.CryptoHasher("sha256").update(parts[1] ?? "").digest();
  const wanted = new Bun.CryptoHasher("sha256").update(token).digest();
  return constantTimeEqual(given, wanted);
}

/** A page or what belongs to it; their data are not. */
async function answerPage(
  request: Request,
  path: string,
  pages: GatewayPages | undefined,
): Promise<Response | undefined> {
  if (pages === undefined || !(path === "/ui" || path.startsWith("/ui/"))) return undefined;
  if (path.startsWith(PAGES_DATA)) return undefined;
  try {
    return await pages.files.answer(request, path);
  } catch (error) {
    const headers = { "content-type": "text/plain; charset=utf-8" };
    return new Response(`${describeError(error)}\n`, { status: 503, headers });
  }
}

function empty(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { ...headers, "content-length": "0" } });
}

function json(body: string, status = 200): Response {
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}

function text(body: string, type: string): Response {
  return new Response(body, { headers: { "content-type": type } });
}

/** The raw path of a request target: neither normalised nor decoded, without query; absolute-form targets accepted. */
export function rawPath(url: string): string {
  const afterScheme = /^[a-z]+:\/\/[^/?]*(.*)$/i.exec(url)?.[1] ?? url;
  const path = afterScheme.split(/[?#]/, 1)[0] ?? "";
  return path === "" ? "/" : path;
}

export interface HttpGateway {
  readonly port: number;
  /** Uses another certificate for new connections; those that stand keep theirs. Only where it began with TLS. */
  exchangeTls(tls: CtlServerTls): void;
  stop(): Promise<void>;
}

/** Starts listening. Throws `addressInUse` when the address cannot be bound. */
export function startHttpGateway(options: GatewayOptions, view: GatewayView, metrics: Metrics): HttpGateway {
  const token = options.authToken;
  const respond = async (request: Request, server: Bun.Server<undefined>): Promise<Response> => {
    const path = rawPath(request.url);
    const started = performance.now();
    metrics.count("hab_sup_http_gateway_requests_total", path);
    // Silence is no sign that a client has gone; that it takes nothing is.
    const cutOff = () => server.timeout(request, 1);
    try {
      const authorized = token === undefined || isAuthorized(request.headers.get("authorization"), token);
      const probe = answerProbe(request.method, path, view, authorized);
      if (probe !== undefined) return probe;
      // A browser that opens a page cannot show a token. The page asks for it; there is nothing of this Supervisor in it.
      const page = await answerPage(request, path, options.pages);
      if (page !== undefined) return page;
      if (!authorized) return empty(401);
      if (request.method === "GET" && path === "/events" && !options.redact) {
        server.timeout(request, 0);
        return answerEvents(request, view, cutOff);
      }
      if (request.method === "GET" && path === PAGES_STREAM && options.pages !== undefined) {
        server.timeout(request, 0);
        return answerPages(request, options.pages, cutOff);
      }
      return await answer(request.method, path, view, metrics, options.redact);
    } finally {
      metrics.observe(
        "hab_sup_http_gateway_request_duration_seconds",
        (performance.now() - started) / 1000,
        path,
      );
    }
  };
  const serve = (port: number, tls: CtlServerTls | undefined, shared: boolean) =>
    Bun.serve({
      hostname: options.host,
      port,
      reusePort: shared,
      development: false,
      ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
      fetch: respond,
      error: () => empty(500),
    });
  try {
    // Not shared, or two Supervisors could have the port, and each answer come from either.
    let server = serve(options.port, options.tls, false);
    const port = server.port ?? options.port;
    if (options.tls !== undefined) {
      // A certificate is exchanged by a second listener on the port, which both have to allow. That nobody else listens
      // there is known by now.
      void server.stop(true);
      server = serve(port, options.tls, true);
    }
    return {
      port,
      exchangeTls(tls) {
        const before = server;
        server = serve(port, tls, true);
        void before.stop();
      },
      async stop() {
        await server.stop(true);
      },
    };
  } catch (error) {
    throw new HabError(
      supervisorErrors.addressInUse,
      `Unable to bind to address ${options.host}:${options.port}.`,
      { cause: error, next: bindAdvice(error) },
    );
  }
}

function bindAdvice(error: unknown): string {
  return systemErrorCode(error) === "EACCES"
    ? "Ports below 1024 need root; choose another with --listen-http."
    : "Another program (perhaps another Supervisor) listens there; stop it or choose another address with --listen-http.";
}

function tlsOptions({ key, certificate, clientCa }: CtlServerTls) {
  return {
    key,
    cert: certificate,
    ...(clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
  };
}
