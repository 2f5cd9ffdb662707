// Names that may become part of a file name in the key cache. The original joins them as they are and so writes outside
// the cache (reference/packages.md §6.7); here they are checked.
import { HabError } from "../error/index.ts";
import { cryptoErrors } from "./errors.ts";

/**
 * Throws `unsafeKeyName` for names that hold `/`, NUL or another control character, and for the empty name: the first
 * would lead elsewhere, the rest make key files that cannot be read again. `..` alone is harmless, `-<revision>` follows.
 */
export function requireSafeKeyName(name: string): void {
  if (name === "" || /[/\u0000-\u001f\u007f]/.test(name))
    throw new HabError(
      cryptoErrors.unsafeKeyName,
      name === "" ? "A key needs a name" : `Not usable as the name of a key: ${JSON.stringify(name)}`,
    );
}
