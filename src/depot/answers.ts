// HTTP answers as the original gives them (reference/depot-api.md §2): empty bodies for most failures, texts without a
// Content-Type, JSON with one, pages with 206 while there is more.
import { HabError } from "../error/index.ts";
import { depotErrors } from "./errors.ts";
import { PAGE_SIZE } from "./limits.ts";

/** Lists, `latest` and whatever else changes: never from a cache. */
export const NO_CACHE = "private, no-cache, no-store";
/** What can never change: a release's bytes and metadata. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** The same for packages that not everyone may see: only in the asker's own cache, and not for long. */
export const PRIVATE_FOR_A_WHILE = "private, max-age=300";

/** Ends a request with this status from any depth; the text becomes the body. */
export class Refusal extends HabError {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, text = "", headers: Readonly<Record<string, string>> = {}) {
    super(depotErrors.requestRefused, `${status} ${text}`.trim());
    this.status = status;
    this.text = text;
    this.headers = headers;
  }
}

export function refusalResponse(refusal: Refusal): Response {
  return text(refusal.status, refusal.text, refusal.headers);
}

/** An answer without a body. */
export function empty(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers });
}

/**
 * A plain answer. Compat: without a Content-Type, which clients and the original's test suite take for text. Bodies of
 * strings and bytes are given one by the runtime, streams are not.
 */
export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  if (body === "") return empty(status, headers);
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(body));
      controller.close();
    },
  });
  return new Response(stream, { status, headers });
}

export function json(status: number, value: unknown, cacheControl?: string): Response {
  return jsonText(status, JSON.stringify(value), cacheControl);
}

/** JSON that is already text (the answer cache keeps it so). */
export function jsonText(status: number, body: string, cacheControl?: string): Response {
  return new Response(body, {
    status,
    headers:
      cacheControl === undefined
        ? { "Content-Type": "application/json" }
        : { "Content-Type": "application/json", "Cache-Control": cacheControl },
  });
}

/** A page of a list. `start` is what is reported, which is not always where the rows began (§2.2). */
export function page(
  start: number,
  total: number,
  data: readonly unknown[],
): { status: number; body: string } {
  const end = data.length === 0 ? total : start + data.length - 1;
  return {
    status: total > end + 1 ? 206 : 200,
    body: JSON.stringify({ range_start: start, range_end: end, total_count: total, data }),
  };
}

/** First row of the page that holds row `range`, for lists that only know whole pages. Negative ranges are the start. */
export function pageOffset(range: number): number {
  return Math.max(0, Math.trunc(range / PAGE_SIZE)) * PAGE_SIZE;
}
