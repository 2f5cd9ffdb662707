// Where the bytes of harts live, behind the smallest interface that files and S3 can both keep. A blob is named by the
// BLAKE2b-256 of its content, so identical bytes are stored once and a name can never change its meaning.

/** 64 lower-case hex digits. */
export type BlobDigest = string;

/** Bytes received and hashed, durable on disk, but not yet a blob. Ends with exactly one of `keep` and `discard`. */
export interface IncomingBlob {
  readonly digest: BlobDigest;
  /** In bytes. */
  readonly size: number;
  /** A local file with the content, for checks before it is kept. */
  readonly path: string;
  /**
   * Makes it a blob, runs `commit` (which writes the row that names it), and forgets the upload. If `commit` throws,
   * a blob that no row names is removed again. A crash anywhere in between is repaired by `recover`.
   */
  keep<Result>(commit: () => Promise<Result>): Promise<Result>;
  discard(): Promise<void>;
}

/** Whether a row names this blob: the database's word, asked before a blob is removed. */
export type IsReferenced = (digest: BlobDigest) => Promise<boolean>;

export interface ReceiveLimits {
  /** In bytes. */
  readonly maxBytes: number;
  /** Aborts the reception. */
  readonly signal: AbortSignal;
}

export interface BlobStore {
  /** Reads a body to its end. Throws HabError `uploadTooLarge`, the signal's reason, or the system's error. */
  receive(body: AsyncIterable<Uint8Array>, limits: ReceiveLimits): Promise<IncomingBlob>;
  /** The blob for a response (with ranges, without copying), or undefined when there is none. */
  open(digest: BlobDigest): Promise<Blob | undefined>;
  /** Removes a blob unless a row names it. */
  removeUnreferenced(digest: BlobDigest): Promise<void>;
  /** Repairs what a crash left: uploads that ended half-way, blobs that no row came to name. */
  recover(): Promise<void>;
}
