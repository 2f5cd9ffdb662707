// Template source → nodes: tags, blocks, and what white space they take with them (reference/services.md §20, "Strings
// with \{{" to "Standalone tags").
import { HabError } from "../error/index.ts";
import type { Call, Expression, Node, Template } from "./ast.ts";
import { type Cursor, found, match, nested, skipBlanks, syntaxError, take } from "./cursor.ts";
import { templateErrors } from "./errors.ts";
import { readArguments, readBlockCall, readName, readSubExpression, readValue } from "./expression.ts";
import { MAX_TEMPLATE_CHARACTERS } from "./limits.ts";
import {
  blanksBefore,
  standsAlone,
  trimBlanksEnd,
  trimRestOfLine,
  trimSpaceEnd,
  trimSpaceStart,
} from "./whitespace.ts";

/**
 * Compiles one template.
 * @throws HAB-TPL-001 with name, line and column; HAB-TPL-003 when it is nested too deep.
 */
export function parseTemplate(name: string, source: string): Template {
  if (source.length > MAX_TEMPLATE_CHARACTERS) {
    throw new HabError(
      templateErrors.limit,
      `template ${name} has more than ${MAX_TEMPLATE_CHARACTERS} characters`,
    );
  }
  const parser: Parser = { cursor: { name, source, at: 0, depth: 0 }, skip: undefined };
  const { nodes } = readNodes(parser, undefined);
  return { name, source, nodes };
}

interface Parser {
  readonly cursor: Cursor;
  /** What the last tag takes from the text after it: all white space, or the rest of its line. */
  skip: "space" | "line" | undefined;
}

/** The block whose body is being read. */
interface Open {
  readonly name: string;
  readonly at: number;
  /** Helpers' blocks may have an else branch, and must repeat their name at the end. */
  readonly isHelper: boolean;
}

/** Why the reading of nodes ended. */
type End =
  | { readonly kind: "end" }
  | { readonly kind: "close" }
  | { readonly kind: "else"; readonly chain: Call | undefined; readonly at: number };

function readNodes(parser: Parser, open: Open | undefined): { nodes: Node[]; end: End } {
  const { cursor } = parser;
  const nodes: Node[] = [];
  for (;;) {
    const { text, isLast } = readText(parser);
    if (isLast) {
      if (text !== "") nodes.push({ kind: "text", text });
      if (open !== undefined) syntaxError(cursor, open.at, `the block \`${open.name}\` is not closed`);
      return { nodes, end: { kind: "end" } };
    }
    const textIndex = nodes.length;
    if (text !== "") nodes.push({ kind: "text", text });
    const tag = readTag(parser, open);
    if (text !== "") trimBefore(nodes, textIndex, tag);
    if (tag.node !== undefined) nodes.push(tag.node);
    if (tag.end !== undefined) return { nodes, end: tag.end };
  }
}

/** Takes from the text before a tag what the tag takes. */
function trimBefore(nodes: Node[], index: number, tag: Tag): void {
  const node = nodes[index];
  if (node?.kind !== "text") return;
  let { text } = node;
  if (tag.isAlone) text = trimBlanksEnd(text);
  if (tag.trimsBefore) text = trimSpaceEnd(text);
  if (text === "") nodes.splice(index, 1);
  else if (text !== node.text) nodes[index] = { kind: "text", text };
}

/** The text up to the next tag. */
function readText(parser: Parser): { text: string; isLast: boolean } {
  const { cursor } = parser;
  const { source } = cursor;
  let text = "";
  let from = cursor.at;
  let isLast = false;
  for (let search = from; ; ) {
    const next = source.indexOf("{{", search);
    if (next < 0) {
      text += source.slice(from);
      cursor.at = source.length;
      isLast = true;
      break;
    }
    let backslashes = 0;
    while (next - backslashes > from && source[next - backslashes - 1] === "\\") backslashes++;
    if (backslashes === 1) {
      // `\{{` is text, and so is `\{{{{`.
      const braces = source.startsWith("{{{{", next) ? "{{{{" : "{{";
      text += source.slice(from, next - 1) + braces;
      from = next + braces.length;
      search = from;
      continue;
    }
    // Of two or more backslashes one is lost, and the tag counts.
    text += source.slice(from, backslashes > 1 ? next - 1 : next);
    cursor.at = next;
    break;
  }
  if (parser.skip === "space") text = trimSpaceStart(text);
  else if (parser.skip === "line") text = trimRestOfLine(text);
  parser.skip = undefined;
  return { text, isLast };
}

interface Tag {
  readonly node?: Node | undefined;
  readonly end?: End | undefined;
  readonly trimsBefore: boolean;
  /** Alone on its line, which then goes as a whole. */
  readonly isAlone: boolean;
}

function readTag(parser: Parser, open: Open | undefined): Tag {
  const { cursor } = parser;
  const { source, at } = cursor;
  if (source.startsWith("{{!", at)) return readComment(parser);
  if (source.startsWith("{{{{", at)) return readRawBlock(parser);
  cursor.at += 2;
  const trimsBefore = take(cursor, "~");
  if (take(cursor, "{")) return readPlain(parser, at, trimsBefore, "}}}");
  skipBlanks(cursor);
  switch (source[cursor.at]) {
    case "&":
      cursor.at++;
      return readPlain(parser, at, trimsBefore, "}}");
    case "#":
      return readBlock(parser, at, trimsBefore);
    case "/":
      return readClose(parser, at, trimsBefore, open);
    case ">":
      return readPartial(parser, at, trimsBefore);
    case "*":
      return readDecorator(parser, at, trimsBefore);
  }
  if (take(cursor, "else") || take(cursor, "^")) return readElse(parser, at, trimsBefore, open);
  return readPlain(parser, at, trimsBefore, "}}");
}

/** The end of a tag. Gives whether the tag is alone on its line, where that matters. */
function closeTag(parser: Parser, at: number, close: string, mayBeAlone: boolean): boolean {
  const { cursor } = parser;
  skipBlanks(cursor);
  // In a triple tag the tilde stands between the braces: `{{~{x}~}}`.
  const trimsAfter =
    close === "}}}" ? cursor.source.startsWith("}~}}", cursor.at) && take(cursor, "}~}}") : take(cursor, "~");
  const isTriple = close === "}}}" && trimsAfter;
  if (!isTriple && !take(cursor, close)) {
    const expected = close === "}}" ? "the end of the tag" : `\`${close}\``;
    syntaxError(cursor, cursor.at, `expected ${expected}, found ${found(cursor)}`);
  }
  return finish(parser, at, trimsAfter, mayBeAlone);
}

function finish(parser: Parser, at: number, trimsAfter: boolean, mayBeAlone: boolean): boolean {
  const isAlone = mayBeAlone && standsAlone(parser.cursor.source, at, parser.cursor.at);
  if (trimsAfter) parser.skip = "space";
  else if (isAlone) parser.skip = "line";
  return isAlone;
}

function readPlain(parser: Parser, at: number, trimsBefore: boolean, close: string): Tag {
  const { cursor } = parser;
  skipBlanks(cursor);
  const value = readValue(cursor);
  closeTag(parser, at, close, false);
  return { node: { kind: "value", at, value }, trimsBefore, isAlone: false };
}

/** `{{! … }}` and `{{!-- … --}}`, without white space control. */
function readComment(parser: Parser): Tag {
  const { cursor } = parser;
  const { source, at } = cursor;
  const long = source.startsWith("--", at + 3) ? source.indexOf("--}}", at + 5) : -1;
  const end = long >= 0 ? long + 4 : source.indexOf("}}", at + 3) + 2;
  if (end < at + 5) syntaxError(cursor, at, "this comment is not closed with `}}`");
  cursor.at = end;
  return { trimsBefore: false, isAlone: finish(parser, at, false, true) };
}

function readBlock(parser: Parser, at: number, trimsBefore: boolean): Tag {
  const { cursor } = parser;
  cursor.at++;
  skipBlanks(cursor);
  if (cursor.source[cursor.at] === ">") return readPartial(parser, at, trimsBefore, true);
  if (cursor.source[cursor.at] === "*") return readDecorator(parser, at, trimsBefore, true);
  const call = readBlockCall(cursor);
  const isAlone = closeTag(parser, at, "}}", true);
  return {
    node: readBranches(parser, { name: call.name, at, isHelper: true }, call, at),
    trimsBefore,
    isAlone,
  };
}

/** Body and else branch of a block, after its opening tag (or after an else that opens it). */
function readBranches(parser: Parser, open: Open, call: Call, at: number): Node {
  return nested(parser.cursor, () => {
    const { nodes: body, end } = readNodes(parser, open);
    if (end.kind !== "else") return { kind: "block", at, call, body, inverse: undefined };
    if (end.chain !== undefined) {
      return { kind: "block", at, call, body, inverse: [readBranches(parser, open, end.chain, end.at)] };
    }
    const inverse = readNodes(parser, open);
    if (inverse.end.kind === "else") {
      syntaxError(parser.cursor, inverse.end.at, `the block \`${open.name}\` has more than one else`);
    }
    return { kind: "block", at, call, body, inverse: inverse.nodes };
  });
}

/** Compat: any tag that begins with the letters `else` is one, so `{{elsewhere}}` opens a chain with helper `where`. */
function readElse(parser: Parser, at: number, trimsBefore: boolean, open: Open | undefined): Tag {
  const { cursor } = parser;
  if (open?.isHelper !== true) syntaxError(cursor, at, "an else stands outside of a block");
  skipBlanks(cursor);
  const next = cursor.source[cursor.at];
  const chain = next === "}" || next === "~" ? undefined : readBlockCall(cursor);
  const isAlone = closeTag(parser, at, "}}", true);
  return { end: { kind: "else", chain, at }, trimsBefore, isAlone };
}

function readClose(parser: Parser, at: number, trimsBefore: boolean, open: Open | undefined): Tag {
  const { cursor } = parser;
  cursor.at++;
  skipBlanks(cursor);
  const name = match(cursor, PARTIAL_NAME) ?? "";
  if (open === undefined) syntaxError(cursor, at, `nothing is open that \`${name}\` closes`);
  const isAlone = closeTag(parser, at, "}}", true);
  if (name !== open.name && (open.isHelper || name !== "")) {
    syntaxError(cursor, at, `\`${open.name}\` is open, but this closes \`${name}\``);
  }
  return { end: { kind: "close" }, trimsBefore, isAlone };
}

/** Names of partials are paths of files; `@partial-block` is one too. */
const PARTIAL_NAME = /[A-Za-z0-9\-_$:@./\u0080-\uffff]+/y;

function readPartial(parser: Parser, at: number, trimsBefore: boolean, hasBody = false): Tag {
  const { cursor } = parser;
  cursor.at++;
  skipBlanks(cursor);
  const name = readPartialName(cursor);
  const args = readArguments(cursor, false);
  if (args.params.length > 1) syntaxError(cursor, at, "a partial takes one context at most");
  const isAlone = closeTag(parser, at, "}}", true);
  const body = hasBody
    ? readBody(parser, { name: typeof name === "string" ? name : "", at, isHelper: false })
    : undefined;
  const indent = isAlone && !hasBody ? blanksBefore(cursor.source, at) : "";
  return {
    node: { kind: "partial", at, name, context: args.params[0], hash: args.hash, indent, body },
    trimsBefore,
    isAlone,
  };
}

function readPartialName(cursor: Cursor): string | Expression {
  if (cursor.source[cursor.at] === "(") return readSubExpression(cursor);
  const name = match(cursor, PARTIAL_NAME);
  if (name === undefined)
    syntaxError(cursor, cursor.at, `expected the name of a partial, found ${found(cursor)}`);
  return name;
}

function readBody(parser: Parser, open: Open): Node[] {
  return nested(parser.cursor, () => readNodes(parser, open).nodes);
}

function readDecorator(parser: Parser, at: number, trimsBefore: boolean, hasBody = false): Tag {
  const { cursor } = parser;
  cursor.at++;
  skipBlanks(cursor);
  const name = readName(cursor);
  if (name === undefined)
    syntaxError(cursor, cursor.at, `expected the name of a decorator, found ${found(cursor)}`);
  const { params } = readArguments(cursor, false);
  const isAlone = closeTag(parser, at, "}}", true);
  const body = hasBody ? readBody(parser, { name, at, isHelper: false }) : undefined;
  return { node: { kind: "decorator", at, name, params, body }, trimsBefore, isAlone };
}

/** `{{{{name args}}}} text {{{{/name}}}}`: nothing inside counts. */
function readRawBlock(parser: Parser): Tag {
  const { cursor } = parser;
  const { source, at } = cursor;
  cursor.at += 4;
  const trimsBefore = take(cursor, "~");
  skipBlanks(cursor);
  const call = readBlockCall(cursor);
  const isAlone = closeTag(parser, at, "}}}}", true);
  const bodyStart = cursor.at;
  const closing = /\{\{\{\{(~?)[ \t\r\n]*\/[ \t\r\n]*([A-Za-z0-9\-_$:\u0080-\uffff]*)[ \t\r\n]*(~?)\}\}\}\}/g;
  closing.lastIndex = bodyStart;
  const close = closing.exec(source);
  if (close === null) syntaxError(cursor, at, `the raw block \`${call.name}\` is not closed`);
  if (close[2] !== call.name) {
    syntaxError(cursor, close.index, `\`${call.name}\` is open, but this closes \`${close[2]}\``);
  }
  // Compat: white space at the beginning is always dropped, white space at the end is kept.
  parser.skip = undefined;
  let text = trimSpaceStart(source.slice(bodyStart, close.index));
  cursor.at = closing.lastIndex;
  if (finish(parser, close.index, close[3] === "~", true)) text = trimBlanksEnd(text);
  if (close[1] === "~") text = trimSpaceEnd(text);
  const body: Node[] = text === "" ? [] : [{ kind: "text", text }];
  return { node: { kind: "block", at, call, body, inverse: undefined }, trimsBefore, isAlone };
}
