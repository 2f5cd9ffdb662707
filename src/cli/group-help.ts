// What the help of a group says: its commands with their summaries, which come from the commands' own modules. Those whose
// program is not on this machine are left out.
import { commands } from "./commands.ts";
import type { Environment } from "./grammar/parse.ts";
import { groups, PROGRAMS, SHORT_FORMS } from "./groups.ts";
import { hasTool, isHandedOver } from "./handed-over.ts";
import { type GroupDescription, type GroupEntry, PROGRAM_SUMMARY } from "./help.ts";
import { childrenOf } from "./tree.ts";

/** Describes the group at `path` (`pkg`), or the program when it is empty. Loads the modules of its commands. */
export async function describeGroup(path: string, env: Environment): Promise<GroupDescription> {
  const own: GroupEntry[] = [];
  const nested: GroupEntry[] = [];
  for (const word of childrenOf(path)) {
    const child = `${path} ${word}`.trim();
    if (!(await canWork(child, env))) continue;
    const load = commands[child];
    if (load === undefined) {
      if (!(PROGRAMS as readonly string[]).includes(child))
        nested.push({ word, summary: groups[child] ?? "" });
      continue;
    }
    const { command } = await load();
    if (!command.hidden) own.push({ word, summary: command.summary });
  }
  const help = { word: "help", summary: "Print help of these words or of the command that follows" };
  if (path === "")
    return {
      name: "hab",
      summary: PROGRAM_SUMMARY,
      examples: await programExamples(),
      sections: [
        ...(own.length > 0 ? [{ heading: "Commands", entries: own }] : []),
        { heading: own.length > 0 ? "More commands, by subject" : "Commands", entries: [...nested, help] },
        { heading: "Short forms", entries: shortForms() },
      ],
    };
  return {
    name: (PROGRAMS as readonly string[]).includes(path) ? path : `hab ${path}`,
    summary: `${groups[path] ?? path}.`,
    examples: [],
    sections: [{ heading: "Commands", entries: [...own, ...nested, help] }],
  };
}

/** Whether this machine has what a command, or some command of a group, needs to do its work. */
async function canWork(path: string, env: Environment): Promise<boolean> {
  const children = Object.keys(commands).filter((each) => each === path || each.startsWith(`${path} `));
  for (const each of children) if (!isHandedOver(each) || (await hasTool(each, env))) return true;
  return false;
}

/** The examples on the first page: the first example of the commands a person meets first, as far as they exist. */
async function programExamples(): Promise<{ command: string; explains: string }[]> {
  const examples: { command: string; explains: string }[] = [];
  for (const path of ["start", "pkg build", "pkg install", "svc status", "config apply"]) {
    const example = (await commands[path]?.())?.command.examples[0];
    if (example !== undefined) examples.push(example);
  }
  return examples;
}

/** Those of the program's first page: one word each. */
function shortForms(): GroupEntry[] {
  return Object.entries(SHORT_FORMS)
    .filter(([word]) => !word.includes(" "))
    .map(([word, path]) => ({ word, summary: `hab ${path}` }));
}
