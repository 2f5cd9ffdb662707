// Pushes an image to a registry (OCI distribution specification 1.1, "Push"): each blob the registry lacks, then the manifest
// under every tag.
import { setTimeout } from "node:timers/promises";
import type { Secret } from "../../crypto/index.ts";
import { describeError, HabError } from "../../error/index.ts";
import type { Descriptor } from "../blobs.ts";
import { exportErrors } from "../errors.ts";
import type { Image } from "../image.ts";
import { answerChallenge, type Credentials, parseChallenge, textUpTo } from "./authorization.ts";
import type { Repository } from "./reference.ts";

export interface PushOptions {
  readonly repository: Repository;
  /** What names the image there; without one it is only known by its digest. */
  readonly tags: readonly string[];
  readonly credentials?: Credentials | undefined;
  readonly onBlob?: (event: {
    readonly digest: string;
    readonly size: number;
    readonly sent: boolean;
  }) => void;
  readonly signal: AbortSignal;
  /** Waits between tries, milliseconds; the number of tries is one more. */
  readonly retryDelaysMs?: readonly number[];
}

const RETRY_DELAYS_MS: readonly number[] = [1_000, 3_000, 10_000, 20_000];
/** A registry that takes longer than this for an answer that is not an upload is as good as gone. */
const ANSWER_TIMEOUT_MS = 60_000;
/** An upload slower than this a second does not end either. */
const SLOWEST_BYTES_PER_MS = 16;
const SHOWN_OF_AN_ANSWER_BYTES = 2_000;

/** Pushes the image. Throws HAB-EXP-005 and HAB-EXP-006; pushed again, it sends only what is missing. */
export async function pushImage(image: Image, options: PushOptions): Promise<void> {
  const registry = new Registry(options);
  for (const blob of [...image.layers, image.config]) {
    const sent = await registry.sendBlob(blob, image.blobs.pathOf(blob.digest));
    options.onBlob?.({ digest: blob.digest, size: blob.size, sent });
  }
  const references = options.tags.length === 0 ? [image.manifest.digest] : options.tags;
  for (const reference of references)
    await registry.sendManifest(image.manifest, image.blobs.pathOf(image.manifest.digest), reference);
}

class Registry {
  readonly #options: PushOptions;
  readonly #root: string;
  #authorization: Secret<string> | undefined;

  constructor(options: PushOptions) {
    this.#options = options;
    this.#root = `${options.repository.base}/v2/${options.repository.name}`;
  }

  /** Answers whether it had to be sent. */
  async sendBlob({ digest, size }: Descriptor, path: string): Promise<boolean> {
    return this.#retried(`blob ${digest}`, async () => {
      const known = await this.#ask(`${this.#root}/blobs/${digest}`, { method: "HEAD" });
      if (known.status === 200) return false;
      if (known.status !== 404) throw await refusal(known, `asked for blob ${digest}`);
      const started = await this.#ask(`${this.#root}/blobs/uploads/`, { method: "POST" });
      if (started.status !== 202) throw await refusal(started, "asked to take a blob");
      const place = new URL(this.#location(started));
      place.searchParams.set("digest", digest);
      const sent = await this.#ask(place.href, {
        method: "PUT",
        body: Bun.file(path),
        headers: { "content-type": "application/octet-stream", "content-length": String(size) },
        timeoutMs: ANSWER_TIMEOUT_MS + size / SLOWEST_BYTES_PER_MS,
      });
      if (sent.status !== 201) throw await refusal(sent, `sent blob ${digest}`);
      return true;
    });
  }

  async sendManifest({ mediaType }: Descriptor, path: string, reference: string): Promise<void> {
    await this.#retried(`manifest ${reference}`, async () => {
      const sent = await this.#ask(`${this.#root}/manifests/${reference}`, {
        method: "PUT",
        body: Bun.file(path),
        headers: { "content-type": mediaType },
      });
      if (sent.status !== 201) throw await refusal(sent, `sent the manifest for ${reference}`);
    });
  }

  /** Where an upload goes on. It may be another host, but never by a weaker way. */
  #location(response: Response): string {
    const { base } = this.#options.repository;
    const text = response.headers.get("location");
    const place = text !== null && URL.canParse(text, base) ? new URL(text, base) : undefined;
    if (place === undefined || (place.protocol !== "https:" && !base.startsWith("http:")))
      throw new HabError(exportErrors.registryFailed, `${base} does not say where a blob should go`);
    return place.href;
  }

  async #ask(
    url: string,
    request: {
      method: string;
      body?: ReturnType<typeof Bun.file>;
      headers?: Record<string, string>;
      timeoutMs?: number;
    },
  ): Promise<Response> {
    const { repository, credentials, signal } = this.#options;
    const { timeoutMs = ANSWER_TIMEOUT_MS, ...rest } = request;
    const send = () => {
      const own = new URL(url).origin === new URL(repository.base).origin;
      const authorization = own ? this.#authorization?.reveal() : undefined;
      return fetch(url, {
        ...rest,
        headers: { ...rest.headers, ...(authorization !== undefined && { authorization }) },
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(timeoutMs))]),
      });
    };
    const response = await send();
    if (response.status !== 401) return response;
    // Without a token yet, or with one that is no longer good.
    const challenge = parseChallenge(response.headers.get("www-authenticate"));
    if (challenge === undefined) return response;
    await response.body?.cancel();
    const scope = `repository:${repository.name}:pull,push`;
    this.#authorization = await answerChallenge(challenge, scope, credentials, repository.base, signal);
    return send();
  }

  /** Tries again what may go better: a registry that does not answer, is busy or failing. */
  async #retried<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const { signal, repository, retryDelaysMs = RETRY_DELAYS_MS } = this.#options;
    for (let tried = 0; ; tried++) {
      try {
        return await attempt();
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof HabError && !(error instanceof Passing)) throw error;
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
}

/** A refusal that another try may not meet. */
class Passing extends HabError {}

async function refusal(response: Response, doing: string): Promise<HabError> {
  const text = (await textUpTo(response, SHOWN_OF_AN_ANSWER_BYTES)).replaceAll(/[^\x20-\x7e]+/g, " ").trim();
  const said = `${response.status}${text === "" ? "" : ` ${text}`}, ${doing}`;
  const passing = response.status >= 500 || response.status === 429 || response.status === 408;
  return passing
    ? new Passing(exportErrors.registryFailed, `the registry answered ${said}`)
    : new HabError(exportErrors.registryRefused, `the registry answered ${said}`);
}
