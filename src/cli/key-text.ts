// A key on standard input, for the import commands (reference/packages.md §6.7).
import { Secret, trimWhiteSpace } from "../crypto/index.ts";
import type { LineReader } from "../ui/index.ts";
import { usageProblem } from "./command.ts";

const LONGEST_KEY_CHARACTERS = 64 * 1024;

/** All of standard input, trimmed. Whether it is a secret key is not known yet, so it is treated as one. */
export async function readKeyText(readLine: LineReader): Promise<Secret<string>> {
  let text = "";
  for (let line = await readLine(); line !== undefined; line = await readLine()) {
    text += `${line}\n`;
    if (text.length > LONGEST_KEY_CHARACTERS)
      throw usageProblem("what came on standard input is no key: too long");
  }
  return new Secret(trimWhiteSpace(text));
}
