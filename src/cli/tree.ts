// The table of commands seen as a tree of words.
import { commands as allCommands, type LoadCommand } from "./commands.ts";
import { ALIASES, groups } from "./groups.ts";

export interface Resolution {
  /** The words that were understood, as one text: `pkg install`; empty for the program itself. */
  readonly path: string;
  /** The command, or undefined when `path` is a group. */
  readonly load: LoadCommand | undefined;
  /** What follows. */
  readonly rest: readonly string[];
}

/** Follows words into the tree as far as they go. */
export function resolve(
  words: readonly string[],
  table: Readonly<Record<string, LoadCommand>> = allCommands,
): Resolution {
  let path = "";
  for (let index = 0; ; index++) {
    const load = table[path];
    if (load !== undefined) return { path, load, rest: words.slice(index) };
    const word = words[index];
    const next = word === undefined ? undefined : canonical(`${path} ${word}`.trim());
    if (next === undefined || word === "" || !leadsSomewhere(next, table))
      return { path, load: undefined, rest: words.slice(index) };
    path = next;
  }
}

/** The words that may follow `path`: groups in the order of groups.ts, commands in that of the table. */
export function childrenOf(
  path: string,
  table: Readonly<Record<string, LoadCommand>> = allCommands,
): string[] {
  const prefix = path === "" ? "" : `${path} `;
  const children = new Set<string>();
  for (const key of Object.keys(table))
    if (key.startsWith(prefix)) children.add(key.slice(prefix.length).split(" ")[0] as string);
  const order = Object.keys(groups);
  const place = (word: string) => order.indexOf(`${prefix}${word}`);
  return [...children].sort((a, b) => place(a) - place(b));
}

function canonical(path: string): string {
  return ALIASES[path] ?? path;
}

function leadsSomewhere(path: string, table: Readonly<Record<string, LoadCommand>>): boolean {
  if (path in table) return true;
  for (const key in table) if (key.startsWith(`${path} `)) return true;
  return false;
}
