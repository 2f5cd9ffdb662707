// Text that strangers wrote, such as what a hook printed, made safe to look at: nothing in it may hide, move or turn what is shown.
// Terminal sequences are taken out; what is left of control characters, and marks that turn the direction of text, are shown as
// what they are.

/** Terminal sequences: CSI, OSC and other strings to their end, and the short ones (ECMA-48). */
const SEQUENCES =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -/]*[0-~]|\u009b[0-?]*[ -/]*[@-~]/g;

/** Control characters but tab and line feed; marks of direction; characters without width; the mark of byte order. */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** A text of which nothing is hidden. */
export function visibleText(text: string): string {
  return text.replace(SEQUENCES, "").replaceAll("\r\n", "\n").replace(HIDDEN, named);
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/[\t\n]+/g, " ");
}

function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27e9`;
}

export interface Bounded {
  readonly text: string;
  /** Lines and characters that are left out at the beginning. */
  readonly leftOut: boolean;
}

/** The end of a text: so many lines and characters at most. */
export function endOf(text: string, maxLines: number, maxLength: number): Bounded {
  const lines = text.split("\n");
  const fewer = lines.slice(-maxLines).join("\n").slice(-maxLength);
  return { text: fewer, leftOut: fewer.length < text.length };
}
