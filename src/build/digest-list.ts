// The list of digests that becomes FILES (reference/packages.md §5.9): `<BLAKE2b-256>  <path>` of every regular file.
import { readFileSync, statSync } from "node:fs";
import { Blake2b256, hashFile } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { buildErrors } from "./errors.ts";
import { walk } from "./walk.ts";

/** Below this a file is read at once: opening it asynchronously takes longer than hashing it. */
const SMALL_SIZE_BYTES = 256 * 1024;

/** Small files are hashed for so long before signals have their turn. */
const TURN_MS = 10;

/**
 * The list for the files of `directory` that are wanted, in byte order of the paths, as bytes: not every name is UTF-8. `added` are files directly in it
 * that are not there yet. Throws HAB-BLD-004 and system errors.
 */
export async function digestList(
  directory: string,
  isWanted: (path: string) => boolean = () => true,
  added: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Buffer> {
  const lines: { readonly path: Buffer; readonly digest: string }[] = [];
  let turn = performance.now();
  for (const { path, file, entry } of walk(directory)) {
    if (!entry.isFile() || !isWanted(path)) continue;
    if (path.includes("\n"))
      throw new HabError(buildErrors.badFileName, `the file name ${JSON.stringify(path)} holds a line break`);
    lines.push({ path: Buffer.from(file), digest: await digestOf(file) });
    if (performance.now() - turn > TURN_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      turn = performance.now();
    }
  }
  for (const [name, content] of added)
    lines.push({
      path: Buffer.from(`${directory}/${name}`),
      digest: new Blake2b256().update(content).digestHex(),
    });
  // A walk orders within directories; the list is ordered by the whole path.
  lines.sort((a, b) => Buffer.compare(a.path, b.path));
  return Buffer.concat(
    lines.flatMap(({ path, digest }) => [Buffer.from(`${digest}  `), path, Buffer.from("\n")]),
  );
}

async function digestOf(file: string | Buffer): Promise<string> {
  if (statSync(file).size > SMALL_SIZE_BYTES) return hashFile(file);
  return new Blake2b256().update(readFileSync(file)).digestHex();
}
