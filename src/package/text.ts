// The original's rules for text, where JavaScript's own differ (reference/packages.md §21).

/** Unicode White_Space, which JavaScript's `trim` misses in one place (U+0085) and exceeds in another (U+FEFF). */
const WHITE_SPACE = "\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LEADING = new RegExp(`^[${WHITE_SPACE}]+`);
const TRAILING_CHARACTER = new RegExp(`[${WHITE_SPACE}]`);
const SPACES = new RegExp(`[${WHITE_SPACE}]+`);

/** Removes white space at both ends. */
export function trimText(text: string): string {
  const start = text.replace(LEADING, "");
  let end = start.length;
  while (end > 0 && TRAILING_CHARACTER.test(start.charAt(end - 1))) end--;
  return start.slice(0, end);
}

/** Words between white space; none for blank text. */
export function splitWords(text: string): string[] {
  return text.split(SPACES).filter((word) => word !== "");
}

/** Lines ended by LF, each without one CR before it; no empty last line. */
export function splitLines(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (text.endsWith("\n")) lines.pop();
  else if (text.endsWith("\r")) lines[lines.length - 1] += "\r";
  return lines;
}

/** Order of the UTF-8 bytes of two texts: -1, 0 or 1. JavaScript's `<` differs beyond the basic plane. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return utf8Rank(left) < utf8Rank(right) ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

/** Surrogates stand for characters above U+FFFF, so they rank after U+E000–U+FFFF. */
function utf8Rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
