// The few operations of S3 that blobs need, signed by aws4fetch. Bun's own client is not used: it can neither abort nor
// list unfinished uploads, nor say what it sends (decision 34). Every operation may be repeated without harm, so each
// is tried again when the service is busy or a connection breaks.
import { AwsV4Signer } from "aws4fetch";
import { describeError, HabError } from "../../error/index.ts";
import { depotErrors } from "../errors.ts";
import type { S3Address } from "./s3-address.ts";

/** Waits before each further try, in milliseconds; each is made up to twice as long by chance. */
const RETRY_DELAYS_MS = [100, 400, 1600] as const;

/** Until the head of an answer; sending a part may take longer. */
const ANSWER_DEADLINE_MS = 60_000;

/** Answers that are not bytes of blobs (lists, errors) are not read beyond this. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;

export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Below the bucket; empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** Statuses that are answers; any other is a failure. */
  readonly accept: readonly number[];
  /** In milliseconds, for the head of the answer. */
  readonly deadlineMs?: number;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: number;
}

export interface S3Client {
  /** Sends a request, again if need be. Throws HabError `blobsUnreachable`. The caller reads or cancels the body. */
  send(request: S3Request): Promise<Response>;
  /** Objects whose keys begin with `prefix`. */
  list(prefix: string): AsyncIterable<ListedObject>;
}

export function s3Client(address: S3Address): S3Client {
  const signingKeys = new Map<string, ArrayBuffer>();

  async function once({
    method,
    key,
    query = {},
    headers = {},
    body,
    deadlineMs,
  }: S3Request): Promise<Response> {
    const url = new URL(`${address.bucketUrl}/${key}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const signed = await new AwsV4Signer({
      ...address.keys(),
      service: "s3",
      region: address.region,
      cache: signingKeys,
      method,
      url: url.href,
      headers: { ...headers },
    }).sign();
    const slow = new AbortController();
    const timer = setTimeout(
      () => slow.abort(new Error("no answer in time")),
      deadlineMs ?? ANSWER_DEADLINE_MS,
    );
    try {
      return await fetch(signed.url, {
        method,
        headers: signed.headers,
        signal: slow.signal,
        redirect: "manual",
        decompress: false,
        ...(body !== undefined && { body }),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async function send(request: S3Request): Promise<Response> {
    const what = `${request.method} ${request.key === "" ? address.shown : request.key}`;
    for (let tries = 0; ; tries++) {
      const delay = RETRY_DELAYS_MS[tries];
      try {
        const response = await once(request);
        if (request.accept.includes(response.status)) return response;
        const said = await failureText(response);
        if (delay === undefined || !(response.status >= 500 || response.status === 429))
          throw new HabError(depotErrors.blobsUnreachable, `${what}: ${response.status} ${said}`.trim());
      } catch (cause) {
        if (cause instanceof HabError) throw cause;
        if (delay === undefined)
          throw new HabError(depotErrors.blobsUnreachable, `${what}: ${describeError(cause)}`, { cause });
      }
      await Bun.sleep(delay * (1 + Math.random()));
    }
  }

  return {
    send,
    async *list(prefix) {
      for (let token: string | undefined, more = true; more; ) {
        const response = await send({
          method: "GET",
          key: "",
          query: { "list-type": "2", prefix, ...(token !== undefined && { "continuation-token": token }) },
          accept: [200],
        });
        const document = await documentText(response);
        for (const entry of elements(document, "Contents"))
          yield {
            key: element(entry, "Key") ?? "",
            size: Number(element(entry, "Size") ?? 0),
            modifiedAt: Date.parse(element(entry, "LastModified") ?? ""),
          };
        token = element(document, "NextContinuationToken");
        more = token !== undefined;
      }
    },
  };
}

/** Code and message of an error document, short and on one line. */
async function failureText(response: Response): Promise<string> {
  const document = await documentText(response).catch(() => "");
  return [element(document, "Code"), element(document, "Message")]
    .filter((part) => part !== undefined)
    .join(": ")
    .replace(/\s+/g, " ")
    .slice(0, 300);
}

export async function documentText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_DOCUMENT_BYTES) throw new HabError(depotErrors.blobsUnreachable, "the answer is too long");
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** Contents of the elements of a name, which do not nest in these documents. */
export function elements(document: string, name: string): string[] {
  return [...document.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(
    (match) => match[1] ?? "",
  );
}

/** The text of the first element of a name. */
export function element(document: string, name: string): string | undefined {
  return elements(document, name)[0]
    ?.replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;|&#39;/g, "'")
    .replace(/&amp;/g, "&");
}
