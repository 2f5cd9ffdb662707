// Words and variables as the files of systemd have them (systemd.syntax(7), systemd.service(5), systemd.exec(5)). Pure.
import { marked, type UnitWriter } from "./mark.ts";

/** The text of a unit under its mark, with the way to change what it says. */
export function unitFileText(writer: UnitWriter, unit: string, body: string): string {
  return marked(
    writer,
    `, which replaces it when it is run again. Changes of your own: systemctl edit ${unit}`,
    body,
  );
}

/** A file of variables (EnvironmentFile=) for a unit, under the same mark. */
export function environmentFileText(
  writer: UnitWriter,
  unit: string,
  variables: readonly (readonly [name: string, value: string])[],
): string {
  const lines = variables.map(([name, value]) => `${name}="${value.replace(/["\\$`]/g, "\\$&")}"\n`);
  return marked(writer, ` for ${unit}.service: variables that only root may read.`, lines.join(""));
}

/** A word of a command line: quoted where it needs to be; neither variables nor specifiers in it mean anything. */
export function commandWord(word: string): string {
  const escaped = word.replaceAll("$", "$$$$");
  return /^[A-Za-z0-9_./:=,@+~$[\]-]+$/.test(escaped) ? specifiersEscaped(escaped) : quoted(escaped);
}

/** A word in quotes, as `Environment=` and command lines take it. */
export function quoted(text: string): string {
  const escaped = text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `"${specifiersEscaped(escaped)}"`;
}

/** A text in which no `%` stands for something else. */
export function specifiersEscaped(text: string): string {
  return text.replaceAll("%", "%%");
}
