// Removing a studio's root: everything, whatever modes a plan has left, without following a link out of it.
import { chmodSync, lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import { hasSubordinates, type IdMaps, startRoom } from "../../host/index.ts";
import { buildErrors } from "../errors.ts";

/**
 * Empties `root` and, unless it is to be kept, removes it. Files of subordinate ids are removed in a user namespace that has
 * those ids. Throws HAB-BLD-077.
 */
export async function removeTree(
  root: string,
  ids: IdMaps | undefined,
  { keepRoot = false }: { readonly keepRoot?: boolean } = {},
): Promise<void> {
  try {
    emptyDirectory(root);
  } catch (error) {
    if (ids === undefined || !hasSubordinates(ids)) throw notRemoved(root, error);
    await removeAsTheirRoot(root, ids);
  }
  try {
    if (!keepRoot) rmdirSync(root);
  } catch (error) {
    throw notRemoved(root, error);
  }
}

function emptyDirectory(directory: string): void {
  for (const name of readdirSync(directory)) removeEntry(join(directory, name));
}

/** Quick where modes allow it; else directories are opened one by one. */
function removeEntry(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
    return;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== "EACCES" && code !== "EPERM" && code !== "ENOTEMPTY") throw withPath(error, path);
  }
  if (lstatSync(path).isDirectory()) {
    chmodSync(path, 0o700);
    for (const name of readdirSync(path)) removeEntry(join(path, name));
    try {
      rmdirSync(path);
    } catch (error) {
      throw withPath(error, path);
    }
    return;
  }
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw withPath(error, path);
  }
}

function withPath(error: unknown, path: string): Error {
  return Object.assign(new Error(`${path}: ${systemErrorCode(error) ?? String(error)}`), {
    code: systemErrorCode(error),
  });
}

/** The machine's own rm, as root of a namespace in which the files have ids. */
async function removeAsTheirRoot(root: string, ids: IdMaps): Promise<void> {
  const rm = Bun.which("rm") ?? "/bin/rm";
  const entries = readdirSync(root).map((name) => join(root, name));
  const room = await startRoom({
    ids,
    ownNetwork: false,
    ownNames: false,
    steps: [],
    command: [rm, "-rf", "--one-file-system", "--", ...entries],
    env: {},
    streams: [0, 1, 2],
    capabilities: "all",
    graceMs: 0,
  });
  if ((await room.exited) !== 0) throw notRemoved(root, new Error("rm failed"));
}

function notRemoved(root: string, cause: unknown): HabError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HabError(buildErrors.studioNotRemoved, `${root} cannot be removed: ${reason}`, { cause });
}
