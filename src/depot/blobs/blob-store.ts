// Where the bytes of harts live, behind the smallest interface that files and S3 can both keep. A blob is named by the
// BLAKE2b-256 of its content, so identical bytes are stored once and a name can never change its meaning.
import type { Writing } from "../store/database.ts";

/** 64 lower-case hex digits. */
export type BlobDigest = string;

export const BLOB_DIGEST = /^[0-9a-f]{64}$/;

/** Bytes received and hashed, durable on disk, but not yet a blob. Ends with exactly one of `keep` and `discard`. */
export interface IncomingBlob {
  readonly digest: BlobDigest;
  /** In bytes. */
  readonly size: number;
  /** A local file with the content, for checks before it is kept. */
  readonly path: string;
  /**
   * Makes it a blob, runs `commit` (which writes the row that names it), and forgets the upload. If `commit` throws,
   * a blob that no row names is removed again. A crash anywhere in between is repaired by `sweep`.
   */
  keep<Result>(commit: (writing: Writing) => Promise<Result>): Promise<Result>;
  discard(): Promise<void>;
}

export interface ReceiveLimits {
  /** In bytes. */
  readonly maxBytes: number;
  /** Aborts the reception. */
  readonly signal: AbortSignal;
}

/** A blob as it is found in the store. */
export interface StoredBlob {
  readonly digest: BlobDigest;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

export interface BlobStore {
  /** Whether other processes receive uploads into the same store; else `sweep` is for the start alone. */
  readonly isShared: boolean;
  /** Reads a body to its end. Throws HabError `uploadTooLarge`, the signal's reason, or the system's error. */
  receive(body: AsyncIterable<Uint8Array>, limits: ReceiveLimits): Promise<IncomingBlob>;
  /**
   * The answer to a request for a blob (the whole of it, or its Range) with these headers, or undefined when there is
   * none. Throws HabError `blobsUnreachable`.
   */
  answer(
    digest: BlobDigest,
    request: Request,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response | undefined>;
  /** The bytes of a blob, or undefined when there is none. */
  read(digest: BlobDigest): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Every blob there is, in no particular order. */
  list(): AsyncIterable<StoredBlob>;
  /**
   * Removes a blob unless a row names it or somebody is about to write one that does. `intent` is the announcement
   * made with the row's removal, which ends with it.
   */
  removeUnreferenced(digest: BlobDigest, intent?: string): Promise<void>;
  /** Takes away bytes that are not what their name says, so that the right ones can come in again. */
  takeAway(digest: BlobDigest): Promise<void>;
  /** Repairs what crashes left: blobs that no row came to name, uploads that ended half-way. */
  sweep(): Promise<void>;
}
