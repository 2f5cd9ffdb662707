// One depot as a place to send requests to: base address, headers, time limit, trust (reference/cli.md §11.1). The
// token leaves its wrapping only here, into the header. Proxies from the environment are the runtime's business.
import { release as kernelRelease } from "node:os";
import type { Secret } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { environmentValue } from "../host/index.ts";
import { activeTarget } from "../package/index.ts";
import { clientErrors } from "./errors.ts";
import { connectionFailure, failureOf } from "./failure.ts";
import type { RetryPolicies } from "./retry.ts";
import { type TlsSettings, tlsSettings } from "./trust.ts";

/** Seconds a request may take before the first byte of its answer, and a transfer may stand still. */
const DEFAULT_TIMEOUT_SECONDS = 300;

/** Product named in the User-Agent when the caller gives none. Compat: targets are read from the part that follows. */
const DEFAULT_PRODUCT = "hab/2.1.78";

export interface ConnectionOptions {
  /** `http://host:port`; a path other than `/` is kept as it is, else `/v1` is meant. */
  readonly url: string;
  readonly token?: Secret<string> | undefined;
  /** `name/version` for the User-Agent. */
  readonly product?: string | undefined;
  /** How often and after what waits calls are tried again, where not as by default. */
  readonly retries?: Partial<RetryPolicies> | undefined;
}

export interface DepotRequest {
  /** What is tried, for messages: `cannot promote core/redis/…`. */
  readonly what: string;
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Parts of the path below the base, each encoded by itself. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Blob;
  /** `never` for what is public and must not show who asks. */
  readonly token?: "always" | "never";
  /** Statuses that are answers, not failures. */
  readonly accept: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export class DepotConnection {
  readonly url: string;
  readonly timeoutMs = timeoutSeconds() * 1000;
  readonly #base: URL;
  readonly #token: Secret<string> | undefined;
  readonly #userAgent: string;
  #tls: Promise<TlsSettings> | undefined;

  /** Throws HabError `invalidUrl`. Nothing is sent. */
  constructor(options: ConnectionOptions) {
    this.#base = baseUrl(options.url);
    this.url = options.url;
    this.#token = options.token;
    this.#userAgent = `${options.product ?? DEFAULT_PRODUCT} (${activeTarget()}; ${kernelRelease().toLowerCase()})`;
  }

  get hasToken(): boolean {
    return this.#token !== undefined;
  }

  /** Sends one request and gives its answer. Throws DepotFailure for every other status and for a broken connection. */
  async send(request: DepotRequest): Promise<Response> {
    const url = new URL(this.#base);
    url.pathname = [this.#base.pathname.replace(/\/$/, ""), ...request.path.map(encodePart)].join("/");
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const deadline = new AbortController();
    const timer = setTimeout(
      () => deadline.abort(new DOMException("no answer", "TimeoutError")),
      this.timeoutMs,
    );
    const headers = new Headers(request.headers);
    headers.set("User-Agent", this.#userAgent);
    if (this.#token !== undefined && request.token !== "never")
      headers.set("Authorization", `Bearer ${this.#token.reveal()}`);
    let response: Response;
    try {
      if (url.protocol === "https:") this.#tls ??= tlsSettings();
      const tls = await this.#tls;
      response = await fetch(url, {
        method: request.method ?? "GET",
        headers,
        // A redirect could carry the token to another host.
        redirect: "manual",
        signal: AbortSignal.any([deadline.signal, ...(request.signal === undefined ? [] : [request.signal])]),
        ...(request.body !== undefined && { body: request.body }),
        ...(tls !== undefined && { tls }),
      });
    } catch (cause) {
      request.signal?.throwIfAborted();
      throw connectionFailure(request.what, url.host, cause);
    } finally {
      clearTimeout(timer);
    }
    if (request.accept.includes(response.status)) return response;
    throw await failureOf(request.what, response);
  }
}

function timeoutSeconds(): number {
  const text = environmentValue("HAB_CLIENT_SOCKET_TIMEOUT") ?? "";
  return /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) : DEFAULT_TIMEOUT_SECONDS;
}

function baseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new HabError(clientErrors.invalidUrl, `"${text}" is not a URL`);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new HabError(clientErrors.invalidUrl, `"${text}" is neither http nor https`);
  if (url.pathname === "/") url.pathname = "/v1";
  url.search = "";
  url.hash = "";
  return url;
}

/** One part of a path: nothing in it can end the part or climb out of it. */
function encodePart(part: string): string {
  const encoded = encodeURIComponent(part);
  // A URL would take these for the directory itself and its parent, also when percent-encoded.
  if (encoded === "." || encoded === "..")
    throw new HabError(clientErrors.notFound, `"${part}" cannot be in a depot`);
  return encoded;
}
