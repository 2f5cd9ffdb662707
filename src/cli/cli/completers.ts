// `hab cli completers` (reference/cli.md §10.2).
import { defineCommand, option } from "../command.ts";
import { completionScript, SHELLS } from "../complete/script.ts";
import { choice } from "../values.ts";

export const command = defineCommand({
  summary: "Print the completions of a shell",
  description:
    "The script makes the shell complete commands, options and their values, installed packages, loaded services, channels " +
    "and origins. It asks hab each time, so it stays current when hab is updated.",
  examples: [
    {
      command: "hab cli completers --shell bash > ~/.local/share/bash-completion/completions/hab",
      explains: "bash",
    },
    { command: "hab cli completers --shell fish > ~/.config/fish/completions/hab.fish", explains: "fish" },
    { command: "source <(hab cli completers --shell zsh)", explains: "zsh, in ~/.zshrc after compinit" },
  ],
  options: {
    shell: option({
      short: "s",
      long: "shell",
      value: "SHELL",
      help: "The shell to print completions for",
      type: choice(...SHELLS),
      required: true,
    }),
  },
  helpIfBare: true,
  async run({ options, stdout }) {
    stdout.write(await completionScript(options.shell));
  },
});
