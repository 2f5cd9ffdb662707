// The members of a support bundle: everything below hab/sup but secrets, and a list of what is not there.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import { KEY_TEXTS } from "../crypto/index.ts";
import { describeError, HabError, systemErrorCode } from "../error/index.ts";
import { byteString, bytesOf, displayText, type TarMember } from "../package/index.ts";
import { printableLine } from "../ui/index.ts";
import { cliErrors } from "./errors.ts";
import { isTomlName, redact, secretByName } from "./support-redaction.ts";

/** Of a larger file only the end is kept: what went wrong is at the end of a log. */
export const LARGEST_FILE_BYTES = 16 * 1024 * 1024;

const READ_SIZE_BYTES = 1024 * 1024;

/** So much of a piece is looked at again with the next: a key's text may lie across the border. */
const OVERLAP_BYTES = Math.max(...KEY_TEXTS.map((text) => text.length)) - 1;

const TOP = "hab/sup";
const LIST_NAME = `${TOP}/LEFT-OUT`;

export interface LeftOut {
  /** Name in the bundle. */
  readonly path: string;
  readonly reason: string;
}

/** Filled while the members are taken. */
export interface BundleRecord {
  files: number;
  readonly leftOut: LeftOut[];
}

/**
 * The members, read as they are taken. Files that vanish meanwhile are passed over: a Supervisor may be running.
 * @throws HAB-CLI-020 naming what cannot be read
 */
export function* bundleMembers(directory: string, record: BundleRecord): Generator<TarMember> {
  const ctlSecret = readCtlSecret(`${directory}/default/CTL_SECRET`);

  function* pack(path: string, member: string): Generator<TarMember> {
    const status = reading(path, () => lstatSync(bytesOf(path)));
    if (status === undefined) return;
    if (status.isDirectory()) yield* packDirectory(path, member, status);
    else if (status.isSymbolicLink()) {
      const link = reading(path, () => byteString(readlinkSync(bytesOf(path), { encoding: "buffer" })));
      if (link !== undefined) yield { ...common(member, status), content: { link } };
    } else if (!status.isFile()) leaveOut(member, "a socket, pipe or device");
    else yield* packFile(path, member);
  }

  function* packDirectory(path: string, member: string, status: Stats): Generator<TarMember> {
    const names = reading(path, () => readdirSync(bytesOf(path), { encoding: "buffer" }));
    if (names === undefined) return;
    yield { ...common(member, status), content: "directory" };
    for (const name of names.map((each) => byteString(each)).sort()) {
      if (`${member}/${name}` === LIST_NAME) leaveOut(LIST_NAME, "its name is that of this list");
      else yield* pack(`${path}/${name}`, `${member}/${name}`);
    }
  }

  function* packFile(path: string, member: string): Generator<TarMember> {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const byName = secretByName(name);
    if (byName !== undefined) {
      leaveOut(member, byName);
      return;
    }
    const read = reading(path, () => readEnd(path));
    if (read === undefined) return;
    const { status, cutBytes } = read;
    if (cutBytes > 0 && isTomlName(name)) {
      leaveOut(member, "TOML of an unlikely size");
      return;
    }
    const result = read.holdsKey
      ? { reason: "holds the text of a secret key" }
      : redact(displayText(name), read.content, ctlSecret);
    if ("reason" in result) {
      leaveOut(member, result.reason);
      return;
    }
    if (cutBytes > 0) leaveOut(member, `its first ${cutBytes} bytes: only the end of a large file is kept`);
    if (result.masked !== undefined) leaveOut(member, result.masked);
    record.files++;
    yield { ...common(member, status), content: result.content };
  }

  function leaveOut(member: string, reason: string): void {
    record.leftOut.push({ path: displayText(member), reason });
  }

  const top = reading(directory, () => lstatSync(`${directory}/.`));
  if (top === undefined) return;
  yield* packDirectory(byteString(directory), TOP, top);
  const now = Math.floor(Date.now() / 1000);
  yield { name: LIST_NAME, mode: 0o600, mtimeSeconds: now, content: Buffer.from(listText(record)) };
}

function common(name: string, status: Stats) {
  return { name, mode: status.mode, mtimeSeconds: Math.floor(status.mtimeMs / 1000) };
}

function listText({ leftOut }: BundleRecord): string {
  return [
    "What this support bundle does not hold of the Supervisor's directory, and why. Files in TOML are written anew,",
    `without comments. Of files larger than ${LARGEST_FILE_BYTES} bytes only the end is kept.`,
    "",
    ...(leftOut.length === 0 ? ["Nothing else is left out."] : []),
    ...leftOut.map(({ path, reason }) => printableLine(`${path}: ${reason}`)),
    "",
  ].join("\n");
}

interface End {
  readonly status: Stats;
  readonly content: Uint8Array;
  /** Bytes of the file before the content. */
  readonly cutBytes: number;
  /** Whether a key's text is anywhere in the file, the part that was cut included. */
  readonly holdsKey: boolean;
}

/** The end of a file, from the start of a line if something is cut. */
function readEnd(path: string): End {
  // Not through a symlink, and not waiting for a pipe, that came into the file's place since it was looked at.
  const fd = openSync(bytesOf(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = fstatSync(fd);
    const start = Math.max(0, status.size - LARGEST_FILE_BYTES);
    const holdsKey = start > 0 && scanForKeys(fd, start + OVERLAP_BYTES);
    const buffer = Buffer.alloc(status.size - start);
    const content = buffer.subarray(0, readAt(fd, buffer, start));
    if (start === 0) return { status, content, cutBytes: 0, holdsKey };
    // A line cut in two might show the second half of a secret without the word that tells of it.
    const line = content.indexOf("\n") + 1;
    const kept = line === 0 ? content.length : line;
    return { status, content: content.subarray(kept), cutBytes: start + kept, holdsKey };
  } finally {
    closeSync(fd);
  }
}

function scanForKeys(fd: number, end: number): boolean {
  const buffer = Buffer.alloc(READ_SIZE_BYTES);
  for (let at = 0; at < end; at += READ_SIZE_BYTES - OVERLAP_BYTES) {
    const piece = buffer.subarray(0, readAt(fd, buffer, at));
    if (KEY_TEXTS.some((text) => piece.includes(text))) return true;
  }
  return false;
}

/** Fills the buffer from there on; gives the bytes read, fewer at the end of the file. */
function readAt(fd: number, buffer: Buffer, position: number): number {
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(fd, buffer, filled, buffer.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

/** Undefined when the thing is gone. */
function reading<T>(path: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    const why = systemErrorCode(error) ?? describeError(error);
    throw new HabError(cliErrors.bundleFailed, `${displayText(path)} cannot be read (${why})`, {
      cause: error,
    });
  }
}

/** The secret to look for in all files. Short ones would be found everywhere; one we may not read is left out anyway. */
function readCtlSecret(path: string): string | undefined {
  try {
    const secret = readFileSync(path, "utf8").trim();
    return secret.length >= 8 ? secret : undefined;
  } catch {
    return undefined;
  }
}
