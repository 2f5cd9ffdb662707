// The completion script of each shell. The scripts ask hab itself; PowerShell and Elvish, whose scripts are often kept
// where another hab runs, also get the commands and options as they are now.
import { commands } from "../commands.ts";
import { groups } from "../groups.ts";
import { completeLine } from "./complete.ts";
import type { Candidate } from "./position.ts";
import bash from "./scripts/hab.bash" with { type: "text" };
import elvish from "./scripts/hab.elv" with { type: "text" };
import fish from "./scripts/hab.fish" with { type: "text" };
import powershell from "./scripts/hab.ps1" with { type: "text" };
import zsh from "./scripts/hab.zsh" with { type: "text" };

export const SHELLS = ["bash", "elvish", "fish", "powershell", "zsh"] as const;
export type Shell = (typeof SHELLS)[number];

/** Where a script takes the table of commands. */
const PLACE = "@STATIC@";

/** The script that gives `shell` completions for the program `hab`. */
export async function completionScript(shell: Shell): Promise<string> {
  switch (shell) {
    case "bash":
      return bash;
    case "zsh":
      return zsh;
    case "fish":
      return fish;
    case "powershell":
      return fill(powershell, await staticTree(), powershellEntry);
    case "elvish":
      return fill(elvish, await staticTree(), elvishEntry);
  }
}

type Tree = readonly (readonly [path: string, candidates: readonly Candidate[]])[];

/** What may follow the words of each command and group: commands and all options, hidden ones too. */
async function staticTree(): Promise<Tree> {
  const paths = ["", ...Object.keys(groups), ...Object.keys(commands)].filter(
    (path) => path === "" || !path.startsWith("hab-"),
  );
  const tree: (readonly [string, readonly Candidate[]])[] = [];
  for (const path of [...new Set(paths)].sort()) {
    const words = path.split(" ").filter((word) => word !== "");
    const found = new Map<string, Candidate>();
    const load = commands[path];
    const takesCommands = load === undefined || (await load()).command.complete !== undefined;
    for (const current of takesCommands ? ["", "-"] : ["-"])
      for (const candidate of (await completeLine(words, current)).candidates)
        found.set(candidate.word, candidate);
    if (found.size > 0) tree.push([path, [...found.values()]]);
  }
  return tree;
}

function fill(
  script: string,
  tree: Tree,
  entry: (path: string, candidates: readonly Candidate[]) => string,
): string {
  const text = tree.map(([path, candidates]) => entry(path, candidates)).join("\n");
  return script.replace(PLACE, () => text);
}

function powershellEntry(path: string, candidates: readonly Candidate[]): string {
  // PowerShell takes typographic quotes for quotes.
  const quote = (text: string) => `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
  const lines = candidates.map(({ word, description }) => quote(`${word}\t${description}`));
  return `        ${quote(path)} = @(${lines.join(", ")})`;
}

function elvishEntry(path: string, candidates: readonly Candidate[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const lines = candidates.map(({ word, description }) => quote(`${word}\t${description}`));
  return `    &${quote(path)}=[${lines.join(" ")}]`;
}
