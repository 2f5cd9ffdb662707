// The syntax tree of a bash script, as far as plans need it: what is assigned, which functions there are, which words
// commands are made of (bash manual, "Shell Grammar"). Offsets count UTF-16 units of the text.

export type WordPart =
  /** Literal text with its quoting taken off. */
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  /** `$name` or `${name…}`; `rest` is what stands behind the name: `%%.*`, `[@]`, `:-x`. */
  | {
      readonly kind: "variable";
      readonly name: string;
      /** `#` of `${#name}`, `!` of `${!name}`, else empty. */
      readonly prefix: string;
      readonly rest: string;
      readonly quoted: boolean;
      readonly at: number;
    }
  /** `$(…)`, a back-quoted command, `<(…)` or `>(…)`. */
  | {
      readonly kind: "command";
      readonly body: readonly Command[];
      readonly quoted: boolean;
      readonly at: number;
    }
  /** `$((…))`. */
  | { readonly kind: "arithmetic"; readonly text: string; readonly quoted: boolean; readonly at: number };

export interface Word {
  readonly parts: readonly WordPart[];
  readonly at: number;
  readonly end: number;
}

/** One item of `(a b [key]=value)`. */
export interface ArrayItem {
  readonly key: Word | undefined;
  readonly value: Word;
}

export interface Assignment {
  readonly name: string;
  readonly at: number;
  /** `+=`. */
  readonly append: boolean;
  /** The text between the brackets of `name[index]=`. */
  readonly index: string | undefined;
  readonly value: Word | readonly ArrayItem[];
}

interface Placed {
  readonly at: number;
  readonly end: number;
}

export interface SimpleCommand extends Placed {
  readonly kind: "simple";
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  /** Assignments among the words of `declare`, `export`, `local` and `readonly`. */
  readonly declared: readonly Assignment[];
  /** Words of redirections and bodies of here-documents, for what they refer to. */
  readonly redirected: readonly Word[];
}

export interface FunctionDefinition extends Placed {
  readonly kind: "function";
  readonly name: string;
  readonly body: Command;
}

export type Command =
  | SimpleCommand
  | FunctionDefinition
  | (Placed & {
      readonly kind: "group" | "subshell";
      readonly body: readonly Command[];
      readonly redirected: readonly Word[];
    })
  | (Placed & {
      readonly kind: "if";
      readonly clauses: readonly { readonly test: readonly Command[]; readonly body: readonly Command[] }[];
      readonly otherwise: readonly Command[] | undefined;
      readonly redirected: readonly Word[];
    })
  | (Placed & {
      readonly kind: "loop";
      /** Of `for` and `select`. */
      readonly variable: string | undefined;
      readonly words: readonly Word[] | undefined;
      /** Of `while` and `until`. */
      readonly test: readonly Command[];
      readonly body: readonly Command[];
      readonly redirected: readonly Word[];
    })
  | (Placed & {
      readonly kind: "case";
      readonly subject: Word;
      readonly arms: readonly { readonly patterns: readonly Word[]; readonly body: readonly Command[] }[];
      readonly redirected: readonly Word[];
    })
  /** `[[ … ]]`: its words, operators among them. */
  | (Placed & { readonly kind: "test"; readonly words: readonly Word[] })
  | (Placed & { readonly kind: "arithmetic"; readonly text: string })
  | (Placed & { readonly kind: "and" | "or"; readonly left: Command; readonly right: Command })
  | (Placed & {
      readonly kind: "pipeline";
      readonly negated: boolean;
      readonly commands: readonly Command[];
    });

export interface Comment {
  /** Without the `#`. */
  readonly text: string;
  readonly at: number;
}

export interface Script {
  readonly text: string;
  readonly commands: readonly Command[];
  readonly comments: readonly Comment[];
  /** Where reading gave up, and why; what stands before it is in `commands`. */
  readonly problem: { readonly at: number; readonly message: string } | undefined;
}

/** The text of a word that nothing has to be put into; undefined for any other. */
export function literal(word: Word | undefined): string | undefined {
  if (word === undefined) return undefined;
  let text = "";
  for (const part of word.parts) {
    if (part.kind !== "text") return undefined;
    text += part.text;
  }
  return text;
}

/** Where lines begin in the text that was asked about last: one is asked about many times in a row. */
let known: { readonly text: string; readonly starts: readonly number[] } = { text: "", starts: [0] };

/** Line and column, both from 1, of an offset. */
export function placeAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  if (known.text !== text) known = { text, starts: lineStarts(text) };
  const { starts } = known;
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
