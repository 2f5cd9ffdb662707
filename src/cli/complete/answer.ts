// The internal word `__complete`, which the scripts of the shells call: reads the typed words from standard input, one a
// line, the word at the cursor last, and prints what may stand there. Not as arguments, which every user of the machine can
// read: the words may hold a secret.
//
// The answer's first line says what the shell adds itself (`values`: nothing, `files`, `directories`), a tab, and what
// stands before the value in the word at the cursor. Each further line is a word, a tab and its description.
import { readFileSync, writeSync } from "node:fs";
import type { Environment } from "../grammar/parse.ts";
import { completeLine } from "./complete.ts";
import type { Candidate } from "./position.ts";
import { valuesOfSubject } from "./sources.ts";

/** Answers on standard output, and gives the exit code. */
export async function completeFromInput(): Promise<number> {
  const lines = readFileSync(0, "utf8").split("\n");
  if (lines.at(-1) === "" && lines.length > 1) lines.pop();
  const text = await answer(lines, process.env);
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(1, bytes, written);
  return 0;
}

/** The answer for `lines`, the words after the program's name, of which the last is at the cursor. */
export async function answer(lines: readonly string[], env: Environment): Promise<string> {
  const words = lines.slice(0, -1);
  const { candidates, wanted } = await completeLine(words, lines.at(-1) ?? "");
  const all: Candidate[] = [...candidates];
  for (const subject of wanted?.subjects ?? [])
    for (const value of await valuesOfSubject(subject, wanted?.typed ?? "", { env, words }))
      all.push({ word: `${wanted?.prefix ?? ""}${value.text}`, description: value.description });
  const subjects = wanted?.subjects ?? [];
  const own = subjects.includes("file") ? "files" : subjects.includes("directory") ? "directories" : "values";
  const seen = new Set<string>();
  let text = `${own}\t${oneLine(wanted?.prefix ?? "")}\n`;
  for (const { word, description } of all) {
    if (!isPrintable(word) || seen.has(word)) continue;
    seen.add(word);
    text += `${word}\t${oneLine(description)}\n`;
  }
  return text;
}

/** A word that would steer the terminal, or end the line of the answer, is not offered. */
function isPrintable(word: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(word);
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}
