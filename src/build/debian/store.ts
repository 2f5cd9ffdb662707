// The .deb files on this machine, by name and digest: a second build needs no network, and what was changed since is noticed.
import { createReadStream, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { isPresent, lockFileWhenFree, removeIfPresent } from "../../host/index.ts";
import { buildErrors } from "../errors.ts";
import { readControl } from "./deb.ts";
import type { DebianPackage } from "./packages.ts";
import { fetchFile } from "./transport.ts";

export interface StoreOptions {
  /** What all Debian files of the machine's builds are kept below. */
  readonly directory: string;
  readonly signal?: AbortSignal;
  readonly progress?: (bytes: number) => void;
}

/** Where the .deb of a package is or will be. */
export function debPath({ name, sha256 }: DebianPackage, directory: string): string {
  return join(directory, "archives", `${name}-${sha256}.deb`);
}

/** Whether a file of the right length is there. */
export function isStored(deb: DebianPackage, directory: string): boolean {
  const path = debPath(deb, directory);
  return isPresent(path) && statSync(path).size === deb.sizeBytes;
}

/** Gets a .deb where it is not there yet. Throws HAB-BLD-095, HAB-BLD-096. */
export async function fetchDeb(deb: DebianPackage, options: StoreOptions): Promise<string> {
  const { directory, signal, progress } = options;
  const path = debPath(deb, directory);
  if (isStored(deb, directory) && (await digestOf(path)) === deb.sha256) return path;
  mkdirSync(join(directory, "archives"), { recursive: true });
  // Another build may be getting the same.
  const lock = await lockFileWhenFree(join(directory, "archives", ".lock"), {
    exclusive: true,
    ...(signal && { signal }),
  });
  try {
    if (isStored(deb, directory) && (await digestOf(path)) === deb.sha256) return path;
    removeIfPresent(path);
    await fetchFile(`${deb.mirror}/${encodeURI(deb.file)}`, path, {
      expected: deb,
      maxBytes: deb.sizeBytes,
      ...(signal && { signal }),
      ...(progress && { progress }),
    });
  } finally {
    lock.release();
  }
  return path;
}

/** Throws HAB-BLD-096 where a .deb is missing or not the one that the index names; HAB-BLD-099 where it is another package. */
export async function verifyDeb(deb: DebianPackage, directory: string): Promise<void> {
  const path = debPath(deb, directory);
  const sha256 = isPresent(path) ? await digestOf(path) : "missing";
  if (sha256 !== deb.sha256) {
    removeIfPresent(path);
    throw new HabError(
      buildErrors.debianDigest,
      `${path} has the SHA256 ${sha256}, and the signed index says ${deb.sha256}; it was removed`,
      { next: "Build again: it is downloaded anew." },
    );
  }
  const control = await readControl(path);
  if (control.get("package") !== deb.name || control.get("version") !== deb.version)
    throw new HabError(
      buildErrors.debBroken,
      `${path} says that it is ${control.get("package")} ${control.get("version")}, not ${deb.name} ${deb.version}`,
    );
}

async function digestOf(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 }))
    hash.update(piece as Buffer);
  return hash.digest("hex");
}
