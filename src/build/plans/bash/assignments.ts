// Assignments and redirections: the parts of a simple command that are no words (bash manual, "Shell Parameters", "Arrays",
// "Redirections").
import { skipBlanks, skipLines } from "./blanks.ts";
import { fail, isNameCharacter, isNameStart, type Reader } from "./reader.ts";
import type { ArrayItem, Assignment, Word, WordPart } from "./syntax.ts";
import { readWord } from "./words.ts";

/** `name=value`, `name+=(…)`, `name[index]=…`; undefined when none stands here. */
export function readAssignment(reader: Reader): Assignment | undefined {
  const { text } = reader;
  const at = reader.at;
  if (!isNameStart(text[at] ?? "")) return undefined;
  let cursor = at + 1;
  while (isNameCharacter(text[cursor] ?? "")) cursor++;
  const name = text.slice(at, cursor);
  let index: string | undefined;
  if (text[cursor] === "[") {
    const end = text.indexOf("]", cursor);
    if (end < 0 || !/^\]\+?=/.test(text.slice(end, end + 3))) return undefined;
    index = text.slice(cursor + 1, end);
    cursor = end + 1;
  }
  const append = text.startsWith("+=", cursor);
  if (!append && text[cursor] !== "=") return undefined;
  reader.at = cursor + (append ? 2 : 1);
  if (text[reader.at] === "(" && index === undefined)
    return { name, at, append, index, value: readArray(reader) };
  return { name, at, append, index, value: readWord(reader) };
}

function readArray(reader: Reader): ArrayItem[] {
  const start = reader.at;
  const items: ArrayItem[] = [];
  reader.at++;
  for (;;) {
    skipLines(reader);
    if (reader.text[reader.at] === ")") break;
    const key = readKey(reader);
    const value = readWord(reader);
    if (key === undefined && value.parts.length === 0) fail(reader, start, "an array is not closed");
    items.push({ key, value });
  }
  reader.at++;
  return items;
}

/** `[key]=` in front of an item. */
function readKey(reader: Reader): Word | undefined {
  if (reader.text[reader.at] !== "[") return undefined;
  const end = reader.text.indexOf("]", reader.at);
  const after = /\]\+?=/y;
  after.lastIndex = end;
  const found = end < 0 ? undefined : after.exec(reader.text)?.[0];
  if (found === undefined) return undefined;
  const inner: Reader = { ...reader, text: reader.text.slice(0, end), at: reader.at + 1 };
  const parts: WordPart[] = [];
  const at = inner.at;
  while (inner.at < end) {
    const word = readWord(inner);
    parts.push(...word.parts);
    if (inner.at < end) parts.push({ kind: "text", text: inner.text[inner.at++] ?? "", quoted: false });
  }
  reader.at = end + found.length;
  return { parts, at, end };
}

/** All redirections that stand here, behind a compound command. */
export function readRedirections(reader: Reader): Word[] {
  const words: Word[] = [];
  for (;;) {
    skipBlanks(reader);
    const found = readRedirection(reader);
    if (found === undefined) return words;
    words.push(...found);
  }
}

/** A redirection and the word it leads to; undefined when none stands here. */
export function readRedirection(reader: Reader): Word[] | undefined {
  const { text } = reader;
  const operator =
    /(?:[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})?(<<<|<<-|<<|<>|<&|>>|>&|>\||&>>|&>|<(?!\()|>(?!\())/y;
  operator.lastIndex = reader.at;
  const found = operator.exec(text);
  if (found === null) return undefined;
  reader.at += found[0].length;
  skipBlanks(reader);
  const kind = found[1];
  const word = readWord(reader);
  if (kind !== "<<" && kind !== "<<-") return [word];
  const parts: WordPart[] = [];
  reader.pending.push({
    delimiter: word.parts
      .map((part) => (part.kind === "text" ? part.text : text.slice(word.at, word.end)))
      .join(""),
    literal: word.parts.some((part) => part.kind === "text" && part.quoted),
    stripTabs: kind === "<<-",
    parts,
  });
  return [{ parts, at: word.at, end: word.end }];
}
