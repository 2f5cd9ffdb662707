// Help texts: summary, examples first, then usage, arguments and options with their variable and default beside each
// (what they must contain: reference/cli.md §2.4; how it looks is ours).
import { bold, emphasize } from "../ui/index.ts";
import type { Command } from "./command.ts";
import type { Environment } from "./grammar/parse.ts";
import { alternatives } from "./grammar/presence.ts";
import type { ArgumentGrammar, OptionGrammar } from "./grammar/spec.ts";
import { displayName, valueDisplay } from "./grammar/spec.ts";
import { COMPATIBLE_VERSION, OWN_VERSION } from "./version.ts";

export interface HelpStyle {
  readonly columns: number;
  readonly colours: boolean;
  /** `--help` rather than `-h`: all paragraphs. */
  readonly long: boolean;
}

interface Item {
  readonly spec: string;
  readonly paragraphs: readonly string[];
}

const MAX_COLUMNS = 100;
/** A wider left column than this puts every description on lines of its own. */
const MAX_SPEC_COLUMNS = 34;

/** `hab pkg install [OPTIONS] <PKG_IDENT_OR_ARTIFACT>...`. */
export function usageLine(name: string, command: Command): string {
  const { grammar } = command;
  const grouped = new Set(grammar.exactlyOne.flat());
  const words = [name];
  if (grammar.options.some((option) => !option.required && !option.hidden && !grouped.has(option.id)))
    words.push("[OPTIONS]");
  for (const option of grammar.options)
    if (option.required && !grouped.has(option.id)) words.push(displayName(option));
  for (const ids of grammar.exactlyOne) words.push(alternatives(grammar, ids));
  for (const argument of grammar.arguments)
    if (!grouped.has(argument.id) && !argument.hidden) words.push(displayName(argument));
  return words.join(" ");
}

/** Help of one command. `name` is how it is called: `hab pkg install`. */
export function commandHelp(name: string, command: Command, env: Environment, style: HelpStyle): string {
  const { grammar } = command;
  let text = `${wrap(`${command.summary}.`, style.columns).join("\n")}\n`;
  if (command.description !== undefined) text += `\n${paragraphs(command.description, 0, style)}`;
  if (command.examples.length > 0) {
    text += `\n${title("Examples", style)}\n`;
    for (const { command: line, explains } of command.examples)
      text += `  ${style.colours ? bold(line) : line}\n      ${explains}\n`;
  }
  text += `\n${title("Usage", style)} ${usageLine(name, command)}\n`;

  const sections = new Map<string, Item[]>();
  const add = (heading: string, item: Item) =>
    sections.set(heading, [...(sections.get(heading) ?? []), item]);
  for (const argument of grammar.arguments) {
    if (argument.hidden) continue;
    add("Arguments", { spec: displayName(argument), paragraphs: describe(argument, env, style) });
  }
  const visible = grammar.options.filter((option) => !option.hidden);
  for (const option of [
    ...visible.filter((option) => option.heading === undefined),
    ...visible.filter((option) => option.heading !== undefined),
  ])
    add(option.heading ?? "Options", { spec: optionSpec(option), paragraphs: describe(option, env, style) });
  const builtIn: Item[] = [];
  if (grammar.hasHelp) {
    const more = style.long ? "" : hasMore(command) ? " (more with --help)" : "";
    builtIn.push({ spec: "-h, --help", paragraphs: [`Print help${more}`] });
  }
  if (grammar.hasVersion) builtIn.push({ spec: "-V, --version", paragraphs: ["Print version"] });
  for (const item of builtIn) add("Options", item);

  const all = [...sections.values()].flat();
  const specColumns = Math.max(...all.map(({ spec }) => spec.length), 0);
  // Options first among the headings, then those with a name of their own.
  const order = [
    "Arguments",
    "Options",
    ...[...sections.keys()].filter((key) => key !== "Arguments" && key !== "Options"),
  ];
  for (const heading of order) {
    const items = sections.get(heading);
    if (items !== undefined) text += `\n${title(heading, style)}\n${formatItems(items, specColumns, style)}`;
  }
  return text;
}

export interface GroupEntry {
  readonly word: string;
  readonly summary: string;
}

export interface GroupDescription {
  /** How the group is called: `hab pkg`. */
  readonly name: string;
  readonly summary: string;
  /** Entries under headings; one heading is enough for most groups. */
  readonly sections: readonly { readonly heading: string; readonly entries: readonly GroupEntry[] }[];
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
}

/** Help of a group of commands, or of the program. */
export function groupHelp(group: GroupDescription, style: HelpStyle): string {
  let text = `${group.summary}\n`;
  if (group.examples.length > 0) {
    text += `\n${title("Examples", style)}\n`;
    for (const { command, explains } of group.examples)
      text += `  ${style.colours ? bold(command) : command}\n      ${explains}\n`;
  }
  text += `\n${title("Usage", style)} ${group.name} <COMMAND>\n`;
  const specColumns = Math.max(
    ...group.sections.flatMap(({ entries }) => entries.map(({ word }) => word.length)),
    "-V, --version".length,
  );
  for (const { heading, entries } of group.sections) {
    const items = entries.map(({ word, summary }) => ({ spec: word, paragraphs: [summary] }));
    text += `\n${title(heading, style)}\n${formatItems(items, specColumns, style)}`;
  }
  const options = [
    { spec: "-h, --help", paragraphs: ["Print help"] },
    { spec: "-V, --version", paragraphs: ["Print version"] },
  ];
  return `${text}\n${title("Options", style)}\n${formatItems(options, specColumns, style)}`;
}

/** First line of the program's own help. */
export const PROGRAM_SUMMARY = `hab ${OWN_VERSION} (command line of Habitat ${COMPATIBLE_VERSION}): build, install and supervise packages.`;

function optionSpec(option: OptionGrammar): string {
  const short = option.short === undefined ? "    " : `-${option.short}`;
  const long = option.long === undefined ? "" : `--${option.long}`;
  const separator = option.short !== undefined && option.long !== undefined ? ", " : "";
  return `${short}${separator}${long}${valueDisplay(option)}`;
}

function describe(part: OptionGrammar | ArgumentGrammar, env: Environment, style: HelpStyle): string[] {
  const notes: string[] = [];
  if (part.env !== undefined) {
    const current = env[part.env];
    notes.push(part.secret || current === undefined ? `[env: ${part.env}]` : `[env: ${part.env}=${current}]`);
  }
  if (part.defaultText !== undefined) notes.push(`[default: ${part.defaultText}]`);
  if (part.choices !== undefined) notes.push(`[possible values: ${part.choices.join(", ")}]`);
  const first = [part.help, ...notes].join(" ");
  return style.long && part.longHelp !== undefined ? [first, ...part.longHelp.split(/\n\s*\n/)] : [first];
}

function hasMore(command: Command): boolean {
  return [...command.grammar.options, ...command.grammar.arguments].some(
    (part) => part.longHelp !== undefined,
  );
}

function formatItems(items: readonly Item[], specColumns: number, style: HelpStyle): string {
  const columns = Math.min(style.columns, MAX_COLUMNS);
  const beside = specColumns <= MAX_SPEC_COLUMNS;
  const indent = beside ? specColumns + 4 : 10;
  let text = "";
  for (const { spec, paragraphs } of items) {
    const lines = paragraphs.flatMap((paragraph, index) => [
      ...(index > 0 ? [""] : []),
      ...wrap(paragraph, columns - indent),
    ]);
    const left = style.colours ? bold(spec) : spec;
    const padding = " ".repeat(Math.max(0, specColumns - spec.length));
    text += beside ? `  ${left}${padding}  ${lines[0] ?? ""}\n` : `  ${left}\n`;
    for (const line of beside ? lines.slice(1) : lines)
      text += line === "" ? "\n" : `${" ".repeat(indent)}${line}\n`;
  }
  return text;
}

function title(text: string, style: HelpStyle): string {
  return style.colours ? `${emphasize(`${text}:`)}` : `${text}:`;
}

function paragraphs(text: string, indent: number, style: HelpStyle): string {
  return text
    .split(/\n\s*\n/)
    .map((paragraph) =>
      wrap(paragraph, Math.min(style.columns, MAX_COLUMNS) - indent)
        .map((line) => `${" ".repeat(indent)}${line}\n`)
        .join(""),
    )
    .join("\n");
}

/** Breaks text at blanks so that no line is longer than `columns` (a longer word stands alone). */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
