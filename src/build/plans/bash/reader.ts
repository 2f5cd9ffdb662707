// The state of reading a bash script, shared by words and commands.
import type { Command, Comment, WordPart } from "./syntax.ts";

export interface Reader {
  readonly text: string;
  at: number;
  depth: number;
  /** Here-documents whose bodies come after the next line break. */
  pending: {
    readonly delimiter: string;
    readonly literal: boolean;
    readonly stripTabs: boolean;
    readonly parts: WordPart[];
  }[];
  readonly comments: Comment[];
  /** Reads commands up to a closing word or character, which stays unread. Words need it for `$(…)`. */
  readonly readCommands: (reader: Reader, end: ")" | undefined) => Command[];
}

/** Substitutions and compound commands inside each other. */
const MAX_NESTING = 100;

/** Ends the reading of a script. */
export class SyntaxProblem extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.name = "SyntaxProblem";
    this.at = at;
  }
}

export function fail(_reader: Reader, at: number, message: string): never {
  throw new SyntaxProblem(at, message);
}

/** Reads something one level deeper. */
export function nested<T>(reader: Reader, at: number, read: () => T): T {
  if (++reader.depth > MAX_NESTING) fail(reader, at, "commands are nested too deep");
  const result = read();
  reader.depth--;
  return result;
}

export function isNameStart(character: string): boolean {
  return /^[A-Za-z_]$/.test(character);
}

export function isNameCharacter(character: string): boolean {
  return /^[A-Za-z0-9_]$/.test(character);
}
