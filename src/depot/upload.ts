// Takes one hart in: received to a file, checked, kept as a blob and written to the database in that order, so that
// whatever happens there is the old state or the new one (reference/depot-api.md §7).
import { describeError, isKind } from "../error/index.ts";
import { type FullIdent, formatIdent } from "../package/index.ts";
import { Refusal } from "./answers.ts";
import type { IncomingBlob } from "./blobs/blob-store.ts";
import { bodyChunks } from "./bodies.ts";
import { depotErrors } from "./errors.ts";
import { checkHart } from "./hart-check.ts";
import { MAX_CONCURRENT_UPLOADS, MAX_UPLOAD_BYTES, UPLOAD_STALL_MS, UPLOAD_TOTAL_MS } from "./limits.ts";
import type { Call } from "./route.ts";
import type { Writing } from "./store/database.ts";
import { packageOf } from "./store/packages.ts";
import { writePackage } from "./take-in.ts";

export interface UploadRequest {
  /** BLAKE2b-256 the client says the hart has; empty when it says none, which is refused. */
  readonly checksum: string;
  /** The target of the query or the client. */
  readonly target: string;
  /** Replaces the row of an existing package, if the bytes are the same. */
  readonly forced: boolean;
}

type UploadCall = Call<FullIdent, unknown>;

let running = 0;

/** Does all of an upload. Refuses with the original's statuses and texts; see the table in §7. */
export async function receiveUpload(call: UploadCall, upload: UploadRequest): Promise<void> {
  const { database } = call.depot;
  const ident = formatIdent(call.params);
  if (!upload.forced && (await packageOf(database.db, ident, upload.target)) !== undefined) {
    throw new Refusal(409);
  }
  await inUploadPlace(async () => {
    await takePackage(call, await receiveBody(call, MAX_UPLOAD_BYTES), upload);
  });
}

/** Runs what receives bytes, while there is a place for it. Refuses with 503. */
export async function inUploadPlace<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= MAX_CONCURRENT_UPLOADS) throw new Refusal(503, "Too many uploads", { "Retry-After": "5" });
  running++;
  try {
    return await work();
  } finally {
    running--;
  }
}

/** Checks what was received and makes it a package, with what else belongs into that transaction. */
export async function takePackage(
  call: UploadCall,
  incoming: IncomingBlob,
  upload: UploadRequest,
  alsoWrite?: (writing: Writing) => Promise<void>,
): Promise<void> {
  try {
    const hart = await checkHart(call.depot.database.db, incoming, call.params, upload);
    const { forced } = upload;
    await incoming.keep(async (writing) => {
      await writePackage(writing, call.actor(), { ident: call.params, incoming, hart, forced });
      await alsoWrite?.(writing);
    });
  } finally {
    await incoming.discard();
  }
}

/** The body, whole and synced. Refuses with 413 or 408; a client that goes away ends it. */
export async function receiveBody(call: UploadCall, maxBytes: number): Promise<IncomingBlob> {
  return await receiveBytes(call, (signal) => bodyChunks(call.request, signal), maxBytes);
}

/** The same for bytes from elsewhere. */
export async function receiveBytes(
  call: UploadCall,
  bytes: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<IncomingBlob> {
  call.liftIdleLimit();
  const stopped = new AbortController();
  const stop = (): void => stopped.abort(new Refusal(408));
  const total = setTimeout(stop, UPLOAD_TOTAL_MS);
  let stall = setTimeout(stop, UPLOAD_STALL_MS);
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    const signal = AbortSignal.any([stopped.signal, call.request.signal]);
    for await (const chunk of bytes(signal)) {
      signal.throwIfAborted();
      clearTimeout(stall);
      stall = setTimeout(stop, UPLOAD_STALL_MS);
      yield chunk;
    }
  };
  try {
    return await call.depot.blobs.receive(chunks(), {
      maxBytes,
      signal: stopped.signal,
    });
  } catch (error) {
    if (isKind(error, depotErrors.uploadTooLarge)) throw new Refusal(413, describeError(error));
    throw error;
  } finally {
    clearTimeout(total);
    clearTimeout(stall);
  }
}
