// The words this process was started with. The compiled program does not hand them to Bun, which would print them when it
// crashes (script/entry-code.ts); they are read from the kernel instead, and secrets among them are overwritten, so that
// neither `ps` nor a core's first page shows them.
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { HabError } from "../error/index.ts";
import { cliErrors } from "./errors.ts";
import { secretWords } from "./secret-arguments.ts";

export interface OwnWords {
  /** Name of the program, without directories: `hab`, `hab-sup`, … */
  readonly program: string;
  readonly words: readonly string[];
}

/** Throws HAB-CLI-001 when a word is not valid UTF-8. */
export function ownWords(): OwnWords {
  const isCompiled = import.meta.path.startsWith("/$bunfs/");
  if (!isCompiled) return { program: "hab", words: process.argv.slice(2) };
  const line = readFileSync("/proc/self/cmdline");
  const [program = "hab", ...words] = splitWords(line);
  wipeSecrets(line, words);
  return { program: program.split("/").at(-1) ?? program, words };
}

/** Splits a command line as the kernel keeps it: each word ended by NUL. */
export function splitWords(line: Uint8Array): string[] {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const words: string[] = [];
  for (let start = 0; start < line.length; ) {
    const end = line.indexOf(0, start);
    const stop = end === -1 ? line.length : end;
    try {
      words.push(text.decode(line.subarray(start, stop)));
    } catch {
      throw new HabError(cliErrors.usage, `argument ${words.length} is not valid UTF-8`);
    }
    start = stop + 1;
  }
  return words;
}

const ARG_START_FIELD = 48;

function wipeSecrets(line: Uint8Array, words: readonly string[]): void {
  const secrets = secretWords(words);
  if (secrets.length === 0) return;
  try {
    const status = readFileSync("/proc/self/stat", "latin1");
    // The fields after the program's name, which is in parentheses, start with the third.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    const start = Number(fields[ARG_START_FIELD - 3]);
    const memory = openSync("/proc/self/mem", "r+");
    try {
      for (const { index, text } of secrets) {
        const length = Buffer.byteLength(text);
        // The secret is the end of its word (`--auth=…`), or all of it.
        const end = wordEnd(line, index + 1);
        writeSync(memory, Buffer.alloc(length, "*"), 0, length, start + end - length);
      }
    } finally {
      closeSync(memory);
    }
  } catch {
    // A kernel that forbids writing to one's own memory: the words stay visible to `ps`, as in any other program.
  }
}

/** Offset of the NUL after the word at `index`. */
function wordEnd(line: Uint8Array, index: number): number {
  let end = -1;
  for (let word = 0; word <= index; word++) end = line.indexOf(0, end + 1);
  return end;
}
