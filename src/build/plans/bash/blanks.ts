// What stands between commands: blanks, comments, line breaks with the here-documents behind them.
import type { Reader } from "./reader.ts";
import { readQuoted } from "./words.ts";

/** Blanks and a comment, on this line. */
export function skipBlanks(reader: Reader): void {
  const { text } = reader;
  for (;;) {
    const character = text[reader.at];
    if (character === " " || character === "\t" || character === "\r") reader.at++;
    else if (character === "\\" && text[reader.at + 1] === "\n") reader.at += 2;
    else if (character === "#") {
      const end = text.indexOf("\n", reader.at);
      const stop = end < 0 ? text.length : end;
      reader.comments.push({ text: text.slice(reader.at + 1, stop), at: reader.at });
      reader.at = stop;
    } else return;
  }
}

/** The same, over line breaks. */
export function skipLines(reader: Reader): void {
  for (skipBlanks(reader); reader.text[reader.at] === "\n"; skipBlanks(reader)) readLineBreak(reader);
}

/** A line break, and the bodies of here-documents that begin behind it. */
export function readLineBreak(reader: Reader): void {
  reader.at++;
  const { text } = reader;
  for (const { delimiter, literal: isLiteral, stripTabs, parts } of reader.pending.splice(0)) {
    const start = reader.at;
    let end = text.length;
    let next = text.length;
    for (let at = start; at < text.length; ) {
      const found = text.indexOf("\n", at);
      const stop = found < 0 ? text.length : found;
      const line = text.slice(at, stop);
      if ((stripTabs ? line.replace(/^\t+/, "") : line) === delimiter) {
        end = at;
        next = Math.min(stop + 1, text.length);
        break;
      }
      at = stop + 1;
    }
    if (isLiteral) parts.push({ kind: "text", text: text.slice(start, end), quoted: true });
    else {
      // Read in place, so that what it refers to has its line.
      const body: Reader = { ...reader, text: text.slice(0, end), at: start };
      readQuoted(body, parts, undefined);
    }
    reader.at = next;
  }
}
