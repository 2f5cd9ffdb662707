// Requests to a registry: authorized by what its challenges ask for, with a time limit, and again where another try may go better
// (OCI distribution specification 1.1).
import { setTimeout } from "node:timers/promises";
import type { Secret } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import { exportErrors } from "../errors.ts";
import { answerChallenge, type Credentials, parseChallenge } from "./authorization.ts";
import type { Repository } from "./reference.ts";
import { PassingRefusal } from "./refusal.ts";

export interface SessionOptions {
  readonly repository: Repository;
  /** Names of repositories in the same registry that blobs are read from. */
  readonly readsFrom?: readonly string[];
  readonly credentials?: Credentials | undefined;
  readonly signal: AbortSignal;
  /** Waits between tries, milliseconds; the number of tries is one more. */
  readonly retryDelaysMs?: readonly number[];
}

export interface RegistryRequest {
  readonly method: "DELETE" | "GET" | "HEAD" | "POST" | "PATCH" | "PUT";
  readonly body?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

const RETRY_DELAYS_MS: readonly number[] = [1_000, 3_000, 10_000, 20_000];
/** A registry that takes longer than this for an answer that is not an upload is as good as gone. */
const ANSWER_TIMEOUT_MS = 60_000;
/** An upload slower than this a second does not end either. */
const SLOWEST_BYTES_PER_MS = 16;

/** One registry, one repository, one token at a time. */
export class RegistrySession {
  /** `https://host/v2/name`. */
  readonly root: string;
  readonly #options: SessionOptions;
  readonly #scopes: readonly string[];
  #authorization: Secret<string> | undefined;

  constructor(options: SessionOptions) {
    const { repository, readsFrom = [] } = options;
    this.#options = options;
    this.root = `${repository.base}/v2/${repository.name}`;
    this.#scopes = [
      `repository:${repository.name}:pull,push`,
      ...readsFrom.map((name) => `repository:${name}:pull`),
    ];
  }

  /** One request. Redirects are answers. Throws system errors, and as `answerChallenge`. */
  async ask(url: string, request: RegistryRequest): Promise<Response> {
    const response = await this.#send(url, request);
    if (response.status !== 401) return response;
    // Without a token yet, or with one that is no longer good.
    const challenge = parseChallenge(response.headers.get("www-authenticate"));
    if (challenge === undefined) return response;
    await response.body?.cancel();
    const { repository, credentials, signal } = this.#options;
    this.#authorization = await answerChallenge(
      challenge,
      this.#scopes,
      credentials,
      repository.base,
      this.#limited(ANSWER_TIMEOUT_MS, signal),
    );
    return this.#send(url, request);
  }

  /** Where an upload goes on, or a blob is. It may be another host, but never by a weaker way. Throws HAB-EXP-006. */
  locationOf(response: Response): string {
    const { base } = this.#options.repository;
    const text = response.headers.get("location");
    const place = text !== null && URL.canParse(text, base) ? new URL(text, base) : undefined;
    if (place === undefined || (place.protocol !== "https:" && !base.startsWith("http:")))
      throw new HabError(exportErrors.registryFailed, `${base} does not say where a blob should go`);
    return place.href;
  }

  /** Tries again what may go better: a registry that does not answer, is busy or failing. `attempt` is told which try it is. */
  async retried<T>(what: string, attempt: (tried: number) => Promise<T>): Promise<T> {
    const { signal, repository, retryDelaysMs = RETRY_DELAYS_MS } = this.#options;
    for (let tried = 0; ; tried++) {
      try {
        return await attempt(tried);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof HabError && !(error instanceof PassingRefusal)) throw error;
        const delayMs = retryDelaysMs[tried];
        if (delayMs === undefined)
          throw new HabError(
            exportErrors.registryFailed,
            `${repository.base} did not take ${what}: ${describeError(error)}`,
            { cause: error },
          );
        await setTimeout(delayMs, undefined, { signal });
      }
    }
  }

  async #send(url: string, { timeoutMs, ...request }: RegistryRequest): Promise<Response> {
    const { repository, signal } = this.#options;
    const own = new URL(url).origin === new URL(repository.base).origin;
    // Another host has its own right, in the address.
    const authorization = own ? this.#authorization?.reveal() : undefined;
    const limitMs = timeoutMs ?? ANSWER_TIMEOUT_MS + (request.body?.size ?? 0) / SLOWEST_BYTES_PER_MS;
    return fetch(url, {
      ...request,
      headers: { ...request.headers, ...(authorization !== undefined && { authorization }) },
      redirect: "manual",
      signal: this.#limited(limitMs, signal),
    });
  }

  #limited(milliseconds: number, signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(milliseconds))]);
  }
}
