// A directory of packages to upload as a whole, as `hab pkg download` makes it: `artifacts/*.hart` and the public keys
// that signed them in `keys/*.pub` (reference/cli.md §10.7, packages.md §18.3). Nothing is written there.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cryptoErrors, decodeUtf8, parseKey } from "../../crypto/index.ts";
import { describeError, HabError, systemErrorCode } from "../../error/index.ts";
import { cliErrors } from "../errors.ts";

export interface UploadDirectory {
  /** Paths of the harts, by name. */
  readonly harts: readonly string[];
  /** Where the public keys are. */
  readonly keysDirectory: string;
  /** Names of the origins the public keys belong to, sorted. */
  readonly origins: readonly string[];
}

/**
 * Looks through the directory. Throws HabError `notUploadDirectory` when it is none or cannot be read, `malformedKey` for
 * a file that ends in `.pub` and is no public signing key.
 */
export function readUploadDirectory(path: string): UploadDirectory {
  if (!statSync(path).isDirectory())
    throw new HabError(cliErrors.notUploadDirectory, `${path} is a file, not a directory`);
  const keysDirectory = join(path, "keys");
  const origins = new Set(filesIn(keysDirectory, ".pub").map(originOfKey));
  return { harts: filesIn(join(path, "artifacts"), ".hart"), keysDirectory, origins: [...origins].sort() };
}

/** Paths of the files whose names end so, by name; none when there is no such directory. */
function filesIn(directory: string, extension: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return [];
    throw new HabError(
      cliErrors.notUploadDirectory,
      `cannot look into ${directory}: ${describeError(cause)}`,
      { cause },
    );
  }
  return names
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(directory, name));
}

function originOfKey(path: string): string {
  try {
    const text = decodeUtf8(readFileSync(path));
    if (text === undefined) throw new HabError(cryptoErrors.malformedKey, "it is not text");
    return parseKey("origin-public", text).id.name;
  } catch (cause) {
    throw new HabError(
      cryptoErrors.malformedKey,
      `${path} is not a public signing key: ${describeError(cause)}`,
      { cause, next: "Take the file out of the directory; nothing was uploaded." },
    );
  }
}
