// White space at the ends of texts, in time that grows with the text only: a regular expression such as `\s+$` looks at
// a long run of blanks once for each of them.

/** Unicode White_Space, which differs from JavaScript's `\s`. */
function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  if (code >= 0x2000 && code <= 0x200a) return true;
  return (
    code === 0x1680 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function trimEnd(text: string, takes: (code: number) => boolean): string {
  let end = text.length;
  while (end > 0 && takes(text.charCodeAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

export function trimSpaceEnd(text: string): string {
  return trimEnd(text, isSpace);
}

/** Spaces and tabs only. */
export function trimBlanksEnd(text: string): string {
  return trimEnd(text, isBlank);
}

export function trimSpaceStart(text: string): string {
  let start = 0;
  while (isSpace(text.charCodeAt(start))) start++;
  return start === 0 ? text : text.slice(start);
}

/** The text after the rest of its first line: blanks and a line end. */
export function trimRestOfLine(text: string): string {
  let start = 0;
  while (isBlank(text.charCodeAt(start))) start++;
  if (text.charCodeAt(start) === 0x0d) start += text.charCodeAt(start + 1) === 0x0a ? 2 : 1;
  else if (text.charCodeAt(start) === 0x0a) start++;
  return text.slice(start);
}

/** The blanks between the start of a line and `at`, if there is nothing else, and "" otherwise. */
export function blanksBefore(source: string, at: number): string {
  let start = at;
  while (start > 0 && isBlank(source.charCodeAt(start - 1))) start--;
  return source.slice(start, at);
}

/** Only blanks before `start` on its line, and after `end` blanks and the line's end, or directly the end of the text. */
export function standsAlone(source: string, start: number, end: number): boolean {
  let before = start;
  while (before > 0 && isBlank(source.charCodeAt(before - 1))) before--;
  const previous = source.charCodeAt(before - 1);
  if (before > 0 && previous !== 0x0a && previous !== 0x0d) return false;
  if (end === source.length) return true;
  let after = end;
  while (isBlank(source.charCodeAt(after))) after++;
  const next = source.charCodeAt(after);
  return next === 0x0a || next === 0x0d;
}

/** Puts `indent` before each line that is not empty. */
export function indentLines(text: string, indent: string): string {
  return indent === "" ? text : text.replace(/(^|\n)(?=[^\n])/g, `$1${indent}`);
}
