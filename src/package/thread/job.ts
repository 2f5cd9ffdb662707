// What the thread that installs or packs and the threads that do the long work for it say to each other.

/** A part of a file: descriptors are shared by the threads of a process. */
export interface FilePart {
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/** Decode what `before`, the part of the file and `after` make together: a whole xz stream. */
export interface DecodeJob {
  readonly kind: "decode";
  readonly part: FilePart;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** How many pieces may be on their way before the first is taken. */
  readonly piecesAhead: number;
  /** Compiled once for all threads. */
  readonly liblzma: WebAssembly.Module;
}

/** Compress these bytes into an xz stream of one block. */
export interface EncodeJob {
  readonly kind: "encode";
  readonly level: number;
  readonly data: Uint8Array<ArrayBuffer>;
  /** Compiled, and made faster while it runs, once for all threads. */
  readonly liblzma: WebAssembly.Module;
}

/** Write a file system's data to disk, which may take seconds. */
export interface SyncJob {
  readonly kind: "sync";
  readonly directory: string;
}

export type Job = DecodeJob | EncodeJob | SyncJob;

/** One more piece may be sent; the memory of an old one comes back for it, since new memory has to be cleared first. */
export interface Credit {
  readonly kind: "credit";
  readonly buffer: ArrayBuffer;
}

export type ToWorker = Job | Credit;

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "data"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly message: string };

/** Size of a decoded piece between threads. */
export const PIECE_SIZE_BYTES = 1024 * 1024;

/** How much of the file is read at once. */
export const READ_SIZE_BYTES = 256 * 1024;
