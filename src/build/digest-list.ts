// The list of digests that becomes FILES (reference/packages.md §5.9): `<BLAKE2b-256>  <path>` of every regular file.
import { hashFile } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { buildErrors } from "./errors.ts";
import { walk } from "./walk.ts";

/** The list for the files of `directory` that are wanted, in byte order of the paths. Throws HAB-BLD-004. */
export async function digestList(
  directory: string,
  isWanted: (path: string) => boolean = () => true,
): Promise<string> {
  const paths = [...walk(directory)]
    .filter(({ path, entry }) => entry.isFile() && isWanted(path))
    .map(({ path }) => path);
  // A walk orders within directories; the list is ordered by the whole path.
  paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const lines: string[] = [];
  for (const path of paths) {
    if (path.includes("\n"))
      throw new HabError(buildErrors.badFileName, `the file name ${JSON.stringify(path)} holds a line break`);
    lines.push(`${await hashFile(path)}  ${path}\n`);
  }
  return lines.join("");
}
