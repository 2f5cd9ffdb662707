// Lines and trimming as the original's key and header readers do them (reference/packages.md §21): JavaScript's own
// `trim` and `split` differ in U+FEFF, U+0085 and the last line.

/** Lines ended by LF, one CR before it dropped; no empty last line. A CR at the very end of the text stays. */
export function textLines(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop();
  for (const [index, line] of lines.entries()) {
    if (line.endsWith("\r")) lines[index] = line.slice(0, -1);
  }
  if (last !== undefined && last !== "") lines.push(last);
  return lines;
}

/** Removes Unicode White_Space (U+0085 included, U+FEFF not) from both ends. */
export function trimWhiteSpace(text: string): string {
  return text.replace(/^\p{White_Space}+/u, "").replace(/(?<!\p{White_Space})\p{White_Space}+$/u, "");
}

/** Decodes UTF-8 strictly, keeping a byte order mark; undefined when the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
