// What the answer cache keeps, and the responses that are made of it: JSON, or a blob with its headers, so that a download
// which was asked for before finds neither route nor row (docs/decisions/0045).
import type { AnswerCache } from "./answer-cache.ts";
import { empty, jsonText, NO_CACHE } from "./answers.ts";
import type { BlobDigest, BlobStore } from "./blobs/blob-store.ts";

/** JSON text, or 404 without a body. */
export interface KeptText {
  readonly status: number;
  readonly body: string;
}

/** A blob that is sent with these headers, one of them the ETag. */
export interface KeptBlob {
  readonly status: "blob";
  readonly digest: BlobDigest;
  readonly headers: Readonly<Record<string, string>> & { readonly ETag: string };
  /** What is sent, for the operator. */
  readonly name: string;
}

export type KeptAnswer = KeptText | KeptBlob;

export type KeptAnswers = AnswerCache<KeptAnswer>;

/** What a blob's headers take, about: the name is in three of them, the digest in one. */
const BLOB_HEADER_BYTES = 1000;

/** For the cache. */
export function sizeOfKept(answer: KeptAnswer): number {
  return answer.status === "blob" ? BLOB_HEADER_BYTES : answer.body.length;
}

/** What a handler needs of its call to answer from the cache. */
interface KeepingCall {
  readonly depot: BlobSource & { readonly cache: KeptAnswers };
  readonly request: Request;
  /** See `Call`. */
  readonly openAddress: string | undefined;
}

interface BlobSource {
  readonly blobs: Pick<BlobStore, "answer">;
  log(line: string): void;
}

/** The response for `key`, from the cache or computed. `key` holds all that the answer depends on besides the database. */
export async function keptResponse(
  call: KeepingCall,
  key: string,
  compute: () => Promise<KeptAnswer>,
): Promise<Response> {
  const answer = await call.depot.cache.get(key, compute, call.openAddress);
  return answer.status === "blob"
    ? await blobResponse(call.depot, call.request, answer)
    : textResponse(answer);
}

export function textResponse({ status, body }: KeptText): Response {
  return status === 404 ? empty(404) : jsonText(status, body, NO_CACHE);
}

/** The blob, or the part of it that the request wants; 304 for who has it. Throws HabError `blobsUnreachable`. */
export async function blobResponse(
  { blobs, log }: BlobSource,
  request: Request,
  { digest, headers, name }: KeptBlob,
): Promise<Response> {
  if (matchesAny(request.headers.get("if-none-match"), headers.ETag)) {
    const { "Content-Type": _, "Content-Disposition": __, ...others } = headers;
    return empty(304, others);
  }
  const answer = await blobs.answer(digest, request, headers);
  if (answer !== undefined) return answer;
  log(`the blob ${digest} of ${name} is missing`);
  return empty(404);
}

/** Whether an `If-None-Match` header names this tag. */
function matchesAny(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}
