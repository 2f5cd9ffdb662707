// Reads the original's help: what stands under Commands, Arguments and Options, with the remarks in brackets.

export interface Item {
  /** `-c, --channel <CHANNEL>`, `<PKG_IDENT>`. */
  readonly spec: string;
  readonly env?: string;
  readonly default?: string;
  readonly choices?: readonly string[];
}

export interface HelpText {
  readonly commands: readonly string[];
  readonly arguments: readonly Item[];
  readonly options: readonly Item[];
}

export function readHelp(text: string): HelpText {
  return {
    commands: section(text, "Commands").map(({ spec }) => spec),
    arguments: section(text, "Arguments").map(toItem),
    options: section(text, "Options").map(toItem),
  };
}

interface RawItem {
  readonly spec: string;
  readonly text: string;
}

/** Items of a section. They begin at two columns (an option without a short name at six); other lines continue them. */
function section(text: string, heading: string): RawItem[] {
  const start = text.indexOf(`\n${heading}:\n`);
  if (start === -1) return [];
  const items: { spec: string; text: string }[] = [];
  for (const line of text.slice(start + heading.length + 3).split("\n")) {
    if (/^[A-Z]/.test(line)) break;
    const begins = /^ {2}(?! )(.*)$/.exec(line) ?? /^ {6}(--.*)$/.exec(line);
    const current = items.at(-1);
    if (begins !== null) {
      const [spec = "", ...rest] = (begins[1] ?? "").split(/ {2,}/);
      items.push({ spec, text: rest.join(" ") });
    } else if (current !== undefined) current.text += ` ${line.trim()}`;
  }
  return items;
}

function toItem({ spec, text }: RawItem): Item {
  const env = /\[env: ([A-Z_]+)/.exec(text)?.[1];
  const value = /\[default:\s+([^\]]*)\]/.exec(text)?.[1];
  const choices = /\[possible values: ([^\]]*)\]/.exec(text)?.[1];
  return {
    spec,
    ...(env !== undefined && { env }),
    ...(value !== undefined && { default: value }),
    ...(choices !== undefined && { choices: choices.split(/,\s+/) }),
  };
}
