// Version numbers and their order (reference/packages.md §1.4).
import { compareText } from "./text.ts";

export interface Version {
  /** Parts between dots, as written; a part that is empty makes a comparison that reaches it undecided. */
  readonly numbers: readonly string[];
  /** What follows the numbers, without one leading `-`. */
  readonly extension?: string;
}

const LARGEST_PART = 2n ** 64n - 1n;

/** Splits a version at its first digit or dot; text before is dropped (`v1.2` is `1.2`). Undefined when it has neither. */
export function parseVersion(text: string): Version | undefined {
  const match = /([0-9.]+)([^\n]+)?/.exec(text);
  if (match === null) return undefined;
  const numbers = (match[1] ?? "").split(".");
  const rest = match[2];
  if (rest === undefined) return { numbers };
  return { numbers, extension: rest.length > 1 && rest.startsWith("-") ? rest.slice(1) : rest };
}

/**
 * Order of two versions: negative, 0 or positive; undefined when they cannot be compared as numbers. `1.0` equals
 * `1.0.0`, a version without extension follows one with, extensions compare as bytes (`beta2` follows `beta12`).
 */
export function compareVersions(a: string, b: string): number | undefined {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (left === undefined || right === undefined) return undefined;
  const parts = Math.max(left.numbers.length, right.numbers.length);
  for (let i = 0; i < parts; i++) {
    const leftPart = parsePart(left.numbers[i] ?? "0");
    const rightPart = parsePart(right.numbers[i] ?? "0");
    if (leftPart === undefined || rightPart === undefined) return undefined;
    if (leftPart !== rightPart) return leftPart < rightPart ? -1 : 1;
  }
  if (left.extension === undefined) return right.extension === undefined ? 0 : 1;
  return right.extension === undefined ? -1 : compareText(left.extension, right.extension);
}

/** As `compareVersions`, but decides what numbers cannot by the whole text, as the original does for "latest". */
export function compareVersionsOrText(a: string, b: string): number {
  return compareVersions(a, b) ?? compareText(a, b);
}

function parsePart(text: string): number | bigint | undefined {
  if (text === "") return undefined;
  if (text.length < 16) return Number(text);
  const value = BigInt(text);
  return value > LARGEST_PART ? undefined : value;
}
