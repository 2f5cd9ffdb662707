// The tar format as GNU tar writes it and pax extends it (POSIX.1-2017 pax, GNU tar manual "Basic Tar Format").
// Names are byte strings: one character a byte, since nothing says that a file name is UTF-8.

export const BLOCK_SIZE_BYTES = 512;

/** Names the system takes are at most 4,096 bytes; more than this in a name's own entry is an attack or damage. */
export const LONGEST_NAME_BYTES = 16 * 1024;

/** A pax header holds a few names and numbers. */
export const LARGEST_PAX_HEADER_BYTES = 128 * 1024;

export const TYPE = {
  file: "0",
  oldFile: "\0",
  hardLink: "1",
  symlink: "2",
  characterDevice: "3",
  blockDevice: "4",
  directory: "5",
  fifo: "6",
  contiguous: "7",
  paxGlobal: "g",
  pax: "x",
  longLink: "K",
  longName: "L",
} as const;

export type EntryKind = "file" | "directory" | "symlink" | "hard link" | "other";

/** A member of the archive. */
export interface TarEntry {
  readonly kind: EntryKind;
  /** The type byte, for what is "other". */
  readonly type: string;
  /** Byte string, as written. */
  readonly path: string;
  /** Target of a link; byte string. */
  readonly link: string;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** May be negative. */
  readonly mtimeSeconds: number;
  /** Bytes that follow. */
  readonly size: number;
}

/** A byte string as bytes, for the file system. */
export function bytesOf(byteString: string): Buffer {
  return Buffer.from(byteString, "latin1");
}

/** Bytes or UTF-8 text as a byte string. */
export function byteString(value: Uint8Array | string): string {
  return (
    typeof value === "string"
      ? Buffer.from(value)
      : Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  ).toString("latin1");
}

/** A byte string as UTF-8 text, for people; bytes that are none show as U+FFFD. */
export function displayText(text: string): string {
  return bytesOf(text).toString("utf8");
}
