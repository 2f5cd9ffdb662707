// Which options and arguments may or must be present together (reference/cli.md §2.2): conflicts first, then what is
// missing. Values from the environment count as present, defaults do not.
import type { ArgumentGrammar, CommandGrammar, OptionGrammar } from "./spec.ts";
import { displayName, missingName } from "./spec.ts";
import type { UsageError } from "./usage-error.ts";

type Part = OptionGrammar | ArgumentGrammar;

/** The first breach of the grammar's rules on presence, or undefined. `present` is in the order of the command line. */
export function checkPresence(grammar: CommandGrammar, present: readonly string[]): UsageError | undefined {
  return conflict(grammar, present) ?? missing(grammar, present);
}

function conflict(grammar: CommandGrammar, present: readonly string[]): UsageError | undefined {
  const all: Part[] = [...grammar.options, ...grammar.arguments];
  const byId = (id: string) => all.find((part) => part.id === id);
  for (const id of present) {
    const part = byId(id);
    if (part === undefined) continue;
    const rivals = all.filter(
      (other) => other.id !== id && present.includes(other.id) && excludes(grammar, part, other),
    );
    const names = rivals.map(displayName);
    const what = `the argument '${displayName(part)}' cannot be used with`;
    if (names.length === 1) return { what: `${what} '${names[0]}'`, showUsage: true };
    if (names.length > 1) return { what: `${what}:`, details: names, showUsage: true };
  }
  return undefined;
}

/** Whether two parts may not be given together. */
export function excludes(grammar: CommandGrammar, a: Part, b: Part): boolean {
  if (a.conflictsWith?.includes(b.id) || b.conflictsWith?.includes(a.id)) return true;
  return grammar.exactlyOne.some((ids) => ids.includes(a.id) && ids.includes(b.id));
}

function missing(grammar: CommandGrammar, present: readonly string[]): UsageError | undefined {
  const all: Part[] = [...grammar.options, ...grammar.arguments];
  const inGroup = (id: string) => grammar.exactlyOne.some((ids) => ids.includes(id));
  const wanted = new Set<string>();
  for (const part of all) {
    if (present.includes(part.id)) for (const id of part.requires ?? []) wanted.add(id);
    const excused =
      part.requiredUnless?.some((id) => present.includes(id)) === true || part.defaultText !== undefined;
    if (part.required && !excused && !inGroup(part.id)) wanted.add(part.id);
  }
  const details = all.filter((part) => wanted.has(part.id) && !present.includes(part.id)).map(missingName);
  for (const ids of grammar.exactlyOne)
    if (!ids.some((id) => present.includes(id))) details.push(alternatives(grammar, ids));
  if (details.length === 0) return undefined;
  return { what: "the following required arguments were not provided:", details, showUsage: true };
}

/** `<--all|--origin <ORIGIN>|PKG_IDENT>`: a set of which one must be chosen, in the order it was declared. */
export function alternatives(grammar: CommandGrammar, ids: readonly string[]): string {
  const all: Part[] = [...grammar.options, ...grammar.arguments];
  const names = ids.flatMap((id) => {
    const part = all.find((candidate) => candidate.id === id);
    if (part === undefined) return [];
    return [part.kind === "argument" ? part.valueName : displayName(part)];
  });
  return `<${names.join("|")}>`;
}
