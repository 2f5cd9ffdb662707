// An export as one file: a tar archive that appears whole or not at all.
import { closeSync, fchmodSync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { HabError, systemErrorCode } from "../error/index.ts";
import { removeIfPresent, syncDirectory, temporaryPathFor } from "../host/index.ts";
import { type TarMember, tarMemberPieces, writeAll } from "../package/index.ts";
import { exportErrors } from "./errors.ts";
import { gzipped } from "./gzip.ts";

export interface ArchiveOptions {
  readonly path: string;
  readonly members: Iterable<TarMember>;
  readonly compressed: boolean;
  readonly signal: AbortSignal;
}

/** Throws HAB-EXP-004; nothing of the file is left then. */
export async function writeTar({ path, members, compressed, signal }: ArchiveOptions): Promise<void> {
  const unfinished = temporaryPathFor(path);
  try {
    const output = openSync(unfinished, "wx", 0o600);
    try {
      const pieces = compressed ? gzipped(members, signal) : tarMemberPieces(members);
      for await (const piece of pieces) {
        signal.throwIfAborted();
        writeAll(output, piece);
      }
      fchmodSync(output, 0o644);
      fsyncSync(output);
    } finally {
      closeSync(output);
    }
    renameSync(unfinished, path);
    syncDirectory(dirname(path));
  } catch (error) {
    removeIfPresent(unfinished);
    throw explained(error, path);
  }
}

/** A system error in the words of who exports. */
export function explained(error: unknown, path: string): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || error instanceof HabError) return error;
  return new HabError(exportErrors.notWritten, `${path} cannot be written (${code})`, { cause: error });
}
