// Conditions of bash on known texts: `[[ … ]]`, `[ … ]` (bash manual, "Bash Conditional Expressions"). Those about files
// or numbers are left open: they can differ between here and the build.
import { literal, type Word } from "./bash/index.ts";
import { globSource } from "./expand.ts";

/** True, false, or not known. */
export type Truth = boolean | undefined;

type TextOf = (word: Word) => string | undefined;

/** Evaluates the words of a condition. */
export function testWords(words: readonly Word[], textOf: TextOf): Truth {
  const reader = { words, at: 0, textOf };
  const truth = readOr(reader);
  return reader.at === words.length ? truth : undefined;
}

interface TestReader {
  readonly words: readonly Word[];
  at: number;
  readonly textOf: TextOf;
}

function readOr(reader: TestReader): Truth {
  let left = readAnd(reader);
  while (takes(reader, "||", "-o")) {
    const right = readAnd(reader);
    left = left === true || right === true ? true : left === false && right === false ? false : undefined;
  }
  return left;
}

function readAnd(reader: TestReader): Truth {
  let left = readOne(reader);
  while (takes(reader, "&&", "-a")) {
    const right = readOne(reader);
    left = left === false || right === false ? false : left === true && right === true ? true : undefined;
  }
  return left;
}

function takes(reader: TestReader, ...operators: readonly string[]): boolean {
  const found = operators.includes(operatorAt(reader, 0) ?? "");
  if (found) reader.at++;
  return found;
}

/** The word `ahead` of here, when it is unquoted text. */
function operatorAt(reader: TestReader, ahead: number): string | undefined {
  const word = reader.words[reader.at + ahead];
  return word?.parts.some((part) => part.quoted) === true ? undefined : literal(word);
}

function readOne(reader: TestReader): Truth {
  if (takes(reader, "!")) {
    const truth = readOne(reader);
    return truth === undefined ? undefined : !truth;
  }
  if (takes(reader, "(")) {
    const truth = readOr(reader);
    return takes(reader, ")") ? truth : undefined;
  }
  const operator = operatorAt(reader, 0);
  const hasOperand =
    reader.words[reader.at + 1] !== undefined && !["&&", "||", ")"].includes(operatorAt(reader, 1) ?? "");
  if (
    operator !== undefined &&
    /^-[a-zA-Z]$/.test(operator) &&
    hasOperand &&
    !isBinary(operatorAt(reader, 1))
  ) {
    const operand = reader.words[reader.at + 1];
    reader.at += 2;
    const text = operand === undefined ? undefined : reader.textOf(operand);
    if (text === undefined) return undefined;
    return operator === "-n" ? text !== "" : operator === "-z" ? text === "" : undefined;
  }
  const left = reader.words[reader.at];
  const binary = operatorAt(reader, 1);
  const right = reader.words[reader.at + 2];
  if (left !== undefined && right !== undefined && isBinary(binary)) {
    reader.at += 3;
    return compare(binary, left, right, reader.textOf);
  }
  reader.at++;
  const text = left === undefined ? undefined : reader.textOf(left);
  return text === undefined ? undefined : text !== "";
}

const BINARY = new Set([
  "=",
  "==",
  "!=",
  "=~",
  "<",
  ">",
  "-eq",
  "-ne",
  "-lt",
  "-le",
  "-gt",
  "-ge",
  "-nt",
  "-ot",
  "-ef",
]);

function isBinary(operator: string | undefined): operator is string {
  return operator !== undefined && BINARY.has(operator);
}

function compare(operator: string, left: Word, right: Word, textOf: TextOf): Truth {
  const text = textOf(left);
  const wanted = textOf(right);
  if (text === undefined || wanted === undefined) return undefined;
  if (operator !== "=" && operator !== "==" && operator !== "!=") return undefined;
  const isPattern = right.parts.some((part) => !part.quoted);
  const source = isPattern ? globSource(wanted) : undefined;
  if (isPattern && (source === undefined || text.length > 4096)) return undefined;
  const equal = source === undefined ? text === wanted : new RegExp(`^(?:${source})$`).test(text);
  return equal === (operator !== "!=");
}
