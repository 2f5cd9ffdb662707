// `hab sup run`: checks the options, then becomes the launcher, which starts the Supervisor (reference/supervisor.md §2).
import { defineCommand } from "../command.ts";
import { assertGatewayFiles } from "./gateway-tls.ts";
import { withoutSecrets } from "./hand-over.ts";
import { mergeConfigFiles, readConfigFiles } from "./run-config.ts";
import { runArguments, runOptions } from "./run-options.ts";

export const command = defineCommand({
  summary: "Run the Supervisor in the foreground",
  description:
    "Starts the launcher, which stays small and keeps the services alive while Supervisors come and go, and under it " +
    "the Supervisor. With a package it also loads that service.",
  examples: [
    { command: "hab sup run", explains: "with what is loaded" },
    { command: "hab sup run core/redis --strategy at-once", explains: "and with Redis" },
  ],
  args: runArguments(),
  options: runOptions(),
  hasVersion: false,
  async run({ options, args, words, source, stdout }) {
    const merged = mergeConfigFiles(options, args.service, readConfigFiles(options.configFiles));
    if (options.generateConfig) {
      const { generateConfig } = await import("./generate-config.ts");
      stdout.write(generateConfig(merged));
      return;
    }
    await assertGatewayFiles(merged.values);
    const { becomeLauncher } = await import("../../launcher/index.ts");
    const handed = withoutSecrets(words, options, source);
    becomeLauncher(handed.words, handed.variables);
  },
});
