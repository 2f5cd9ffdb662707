// Words for search: what a package is found by, and what a query asks for (reference/depot-api.md §10). Prefix on the
// last term, all terms must match, case does not count, and a hyphenated name is found whole and by its parts. The
// English stemming of the original is left out: it made `redis` the word `redi`, and a prefix finds what it found.
import { MAX_SEARCH_TERMS } from "./limits.ts";

/** The words one text is found by: `native-testapp` gives itself, `native` and `testapp`. */
export function wordsOf(text: string): string[] {
  const words = new Set<string>();
  for (const whole of text.toLowerCase().split(/[\s_/]+/)) {
    if (whole === "") continue;
    words.add(whole);
    for (const part of whole.split("-")) if (part !== "") words.add(part);
  }
  return [...words];
}

/** The terms of a query: its parts between slashes, spaces and underscores. */
export function termsOf(query: string): string[] {
  return query
    .toLowerCase()
    .split(/[\s_/&|!:*()]+/)
    .filter((term) => term !== "")
    .slice(0, MAX_SEARCH_TERMS);
}

/** The smallest text greater than every text that begins with `prefix`, by code points; undefined when there is none. */
export function afterPrefix(prefix: string): string | undefined {
  const points = [...prefix];
  for (let index = points.length - 1; index >= 0; index--) {
    const point = points[index]?.codePointAt(0) ?? 0;
    if (point >= 0x10ffff) continue;
    // Surrogates are no text of their own: the code point after U+D7FF is U+E000.
    const next = point === 0xd7ff ? 0xe000 : point + 1;
    return points.slice(0, index).join("") + String.fromCodePoint(next);
  }
  return undefined;
}
