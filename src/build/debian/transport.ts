// Gets one file from a mirror: http, https, file and copy addresses as apt knows them. Bounded in size and time, tried
// again where that may help, compared with its digest, and in place as a whole or not at all.
import { closeSync, createReadStream, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describeError, HabError, isKind, systemErrorCode } from "../../error/index.ts";
import { removeIfPresent, temporaryPathFor } from "../../host/index.ts";
import { buildErrors } from "../errors.ts";
import type { ReleaseFile } from "./release.ts";

/** A mirror that sends nothing for so long is gone. */
const SILENCE_MS = 60_000;
/** Nothing that a plan wants takes longer; a mirror that drips for ever is stopped. */
const DEADLINE_MS = 2 * 60 * 60 * 1000;
const TRIES = 4;
const FIRST_PAUSE_MS = 500;

export interface TransportOptions {
  /** What it must be; without it (a file with a signature of its own) only `maxBytes` holds. */
  readonly expected?: ReleaseFile;
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  /** Bytes so far. */
  readonly progress?: (bytes: number) => void;
  /** 4 where not given. */
  readonly tries?: number;
  /** Pause before the second try; doubled before each further one. */
  readonly firstPauseMs?: number;
}

/** The mirror answered that it does not have the file. */
export class NotOnMirror extends HabError {}

/**
 * Puts what is at `address` into `destination`. Throws HAB-BLD-095 (a NotOnMirror where the mirror says that there is no
 * such file), HAB-BLD-096.
 */
export async function fetchFile(
  address: string,
  destination: string,
  options: TransportOptions,
): Promise<void> {
  mkdirSync(dirname(destination), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const temporary = temporaryPathFor(destination);
    try {
      await fetchOnce(address, temporary, options, attempt > 1);
      renameSync(temporary, destination);
      return;
    } catch (error) {
      removeIfPresent(temporary);
      options.signal?.throwIfAborted();
      // A wrong digest is often a cache on the way, asked once more to go to the mirror itself.
      const last = isKind(error, buildErrors.debianDigest) ? 2 : (options.tries ?? TRIES);
      if (!isWorthAnotherTry(error) || attempt >= last) throw asUnreachable(address, error);
      await delay((options.firstPauseMs ?? FIRST_PAUSE_MS) * 2 ** (attempt - 1), undefined, {
        ...(options.signal && { signal: options.signal }),
      });
    }
  }
}

/** Disks do not get better by trying, and they are not the mirror's. */
const OF_THE_DISK = new Set(["ENOSPC", "EDQUOT", "EACCES", "EROFS", "EIO", "ENOENT", "EISDIR"]);

function isOfTheDisk(error: unknown): boolean {
  return OF_THE_DISK.has(systemErrorCode(error) ?? "");
}

function isWorthAnotherTry(error: unknown): boolean {
  return !(error instanceof NotOnMirror) && !isOfTheDisk(error);
}

function asUnreachable(address: string, error: unknown): unknown {
  if (error instanceof HabError || isOfTheDisk(error)) return error;
  return new HabError(buildErrors.debianUnreachable, `${withoutPassword(address)}: ${describeError(error)}`, {
    cause: error,
  });
}

async function fetchOnce(
  address: string,
  temporary: string,
  options: TransportOptions,
  isAgain: boolean,
): Promise<void> {
  const { expected, maxBytes, progress } = options;
  const limit = Math.min(maxBytes, expected?.sizeBytes ?? maxBytes);
  const where = withoutPassword(address);
  const hash = new Bun.CryptoHasher("sha256");
  let received = 0;
  const file = openSync(temporary, "wx", 0o644);
  try {
    for await (const piece of pieces(address, options.signal, isAgain)) {
      received += piece.length;
      if (received > limit) break;
      hash.update(piece);
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
      progress?.(received);
    }
  } finally {
    closeSync(file);
  }
  if (expected === undefined && received > limit)
    throw new HabError(buildErrors.debianIndexUnusable, `${where} is larger than ${maxBytes} bytes`);
  if (expected === undefined) return;
  if (received < expected.sizeBytes && received < limit)
    throw new Error(`the connection ended after ${received} of ${expected.sizeBytes} bytes`);
  const sha256 = hash.digest("hex");
  if (received !== expected.sizeBytes || sha256 !== expected.sha256)
    throw new HabError(
      buildErrors.debianDigest,
      received > limit
        ? `${where} is longer than the ${expected.sizeBytes} bytes of the signed index`
        : `${where} has the SHA256 ${sha256}, and the signed index says ${expected.sha256}`,
    );
}

async function* pieces(
  address: string,
  signal: AbortSignal | undefined,
  isAgain: boolean,
): AsyncGenerator<Uint8Array> {
  if (/^(?:file|copy):/.test(address)) {
    const path = decodeURIComponent(new URL(address.replace(/^copy:/, "file:")).pathname);
    try {
      for await (const piece of createReadStream(path)) yield piece as Buffer;
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") throw error;
      throw new NotOnMirror(buildErrors.debianUnreachable, `${path} does not exist`, { cause: error });
    }
    return;
  }
  const end = new AbortController();
  const stop = () => end.abort(new Error("the mirror is too slow"));
  const deadline = setTimeout(stop, DEADLINE_MS);
  let silence = setTimeout(stop, SILENCE_MS);
  const forward = () => end.abort(signal?.reason);
  signal?.addEventListener("abort", forward, { once: true });
  try {
    // Compressed files are wanted as they are; only their digests are signed.
    const headers = { "accept-encoding": "identity", ...(isAgain && { "cache-control": "no-cache" }) };
    const response = await fetch(address, { headers, signal: end.signal, decompress: false });
    if (response.status === 404 || response.status === 410)
      throw new NotOnMirror(
        buildErrors.debianUnreachable,
        `${withoutPassword(address)} does not exist (${response.status})`,
      );
    if (!response.ok) throw new Error(`the mirror answered ${response.status} ${response.statusText}`);
    for await (const piece of response.body ?? []) {
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_MS);
      yield piece;
    }
  } finally {
    clearTimeout(deadline);
    clearTimeout(silence);
    signal?.removeEventListener("abort", forward);
    end.abort();
  }
}

/** For messages: an address may carry a password. */
export function withoutPassword(address: string): string {
  return address.replace(/^([a-z]+:\/\/)[^/@]*@/, "$1");
}
