// docs/compatibility.md: the commands of the original and which of them there are, and ours beside them.
import type { Command } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/commands.ts";
import { PROGRAMS } from "../../src/cli/groups.ts";
import { isHandedOver } from "../../src/cli/handed-over.ts";
import { originalCommands } from "../../src/cli/original.ts";
import { COMPATIBLE_VERSION } from "../../src/cli/version.ts";

function stateOf(words: string, command: Command | undefined): string {
  if (command === undefined) return "not yet";
  return isHandedOver(words) ? "hands over" : "yes";
}

export async function compatibilityPage(): Promise<string> {
  const built = new Map<string, Command>();
  for (const [words, load] of Object.entries(commands)) built.set(words, (await load()).command);
  const ready = originalCommands.filter((words) => stateOf(words, built.get(words)) === "yes").length;
  const handedOver = originalCommands.filter(
    (words) => stateOf(words, built.get(words)) === "hands over",
  ).length;
  let text = `# Compatibility of the command line

The command line is that of Habitat ${COMPATIBLE_VERSION}: same names, options, variables, streams and exit codes. \`hab --version\`
prints that version, because scripts compare it; \`hab --help\` says which hab it is. What differs on purpose is in
[beyond-habitat.md](beyond-habitat.md). A command marked "not yet" is not in help; called, it says so and exits with 69.
This page is made from the code by \`script/bun script/docs.ts\`.

${ready} of ${originalCommands.length} commands of the original are there; ${handedOver} more hand over to a program of a package of its own, or
the one a variable names ([beyond-habitat.md](beyond-habitat.md)): hab brings none of these programs yet. Where there is
none the command is not in help, and says so with exit code 69 when it is called.

| command | state | \`--json\` |
|---|---|---|
`;
  for (const words of originalCommands) {
    const command = built.get(words);
    text += `| \`hab ${words}\` | ${stateOf(words, command)} | ${command?.hasJson === true ? "yes" : ""} |\n`;
  }
  text +=
    "\n## Commands the original does not have\n\n| command | what it does | `--json` |\n|---|---|---|\n";
  for (const [words, command] of [...built].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const isInternal = (PROGRAMS as readonly string[]).includes(words.split(" ")[0] ?? "");
    if (originalCommands.includes(words) || command.hidden || isInternal) continue;
    text += `| \`hab ${words}\` | ${command.summary} | ${command.hasJson ? "yes" : ""} |\n`;
  }
  return text;
}
