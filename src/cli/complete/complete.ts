// From the words typed after `hab` to what may stand at the cursor: follows the tree of commands, then asks the grammar of
// the command. Only modules of commands that can be meant are loaded.
import { commands, type LoadCommand } from "../commands.ts";
import { groups, PROGRAMS } from "../groups.ts";
import { childrenOf, resolve } from "../tree.ts";
import { type Candidate, type Completion, completeAtCursor } from "./position.ts";

/** Completes `current`, the word at the cursor, after `words`; both without the program's name. */
export async function completeLine(
  words: readonly string[],
  current: string,
  table: Readonly<Record<string, LoadCommand>> = commands,
): Promise<Completion> {
  const { path, load, rest } = resolve(words, table);
  if (load !== undefined) {
    const { command } = await load();
    return (await command.complete?.(rest, current)) ?? completeAtCursor(command.grammar, rest, current);
  }
  const [word, ...more] = rest;
  if (word === undefined) return { candidates: await groupCandidates(path, current, table, true) };
  if (word !== "help") return { candidates: [] };
  const helped = resolve([...path.split(" ").filter((part) => part !== ""), ...more], table);
  if (helped.load !== undefined || helped.rest.length > 0) return { candidates: [] };
  return { candidates: await groupCandidates(helped.path, current, table, false) };
}

async function groupCandidates(
  path: string,
  current: string,
  table: Readonly<Record<string, LoadCommand>>,
  withOwn: boolean,
): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const word of childrenOf(path, table)) {
    const child = `${path} ${word}`.trim();
    if (!word.startsWith(current) || (PROGRAMS as readonly string[]).includes(child)) continue;
    const load = table[child];
    if (load === undefined) {
      candidates.push({ word, description: groups[child] ?? "" });
      continue;
    }
    const { command } = await load();
    if (!command.hidden) candidates.push({ word, description: command.summary });
  }
  if (!withOwn) return candidates;
  const own: Candidate[] = [{ word: "help", description: "Print help of a command" }];
  if (current.startsWith("-"))
    own.push(
      { word: "--help", description: "Print help" },
      { word: "--version", description: "Print version" },
      { word: "-h", description: "Print help" },
      { word: "-V", description: "Print version" },
    );
  return [...candidates, ...own.filter(({ word }) => word.startsWith(current))];
}
