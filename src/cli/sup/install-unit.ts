// `hab sup install-unit`: the Supervisor as a service of systemd. Beyond Habitat, which documents a unit to be written by hand.
import { defineCommand, optionList } from "../command.ts";
import { ownProgram } from "../unit/files.ts";
import { installUnit, unitOptions, unitPaths } from "../unit/install.ts";
import { mergeConfigFiles, readConfigFiles } from "./run-config.ts";
import { runArguments, runOptions } from "./run-options.ts";
import { unitText } from "./unit-text.ts";
import { unitCommand, unitVariables } from "./unit-words.ts";

function variable(text: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error("NAME=VALUE is expected");
  return [name, value];
}

export const command = defineCommand({
  summary: "Have systemd run the Supervisor",
  description:
    "Writes a unit that starts the Supervisor with the options given here, and with the HAB_… variables that are set now. " +
    "Values that may be secret go into a file beside it that only root can read.",
  examples: [
    { command: "hab sup install-unit --enable", explains: "from now on at each start of the machine" },
    {
      command: "hab sup install-unit core/redis --peer 10.0.0.1 --enable",
      explains: "as `hab sup run` with these",
    },
    { command: "hab sup install-unit --print", explains: "only to look at it" },
  ],
  args: runArguments(),
  options: {
    ...unitOptions("hab-sup"),
    env: optionList({
      long: "env",
      value: "NAME=VALUE",
      help: "A variable for the Supervisor and its services; may be given several times",
      values: "one",
      type: variable,
    }),
    ...runOptions(),
  },
  json: true,
  hasVersion: false,
  async run({ args, options, source, env, stdout, json, printJson, ui }) {
    // Throws for options that do not go together.
    mergeConfigFiles(options, args.service, readConfigFiles(options.configFiles));
    const { name } = options;
    const { path, secretPath } = unitPaths(options);
    const { words, secrets } = unitCommand(args.service, options, source);
    const variables = unitVariables(env, [...options.env, ...secrets]);
    const environmentFile = variables.secret.length > 0 ? secretPath : undefined;
    const program = ownProgram(env);
    const text = unitText({
      name,
      program,
      words,
      environment: variables.open,
      ...(environmentFile !== undefined && { environmentFile }),
    });
    if (!options.print)
      installUnit({ ...options, writer: "hab sup install-unit", text, secrets: variables.secret });
    if (json) {
      printJson({
        name,
        path,
        environment_file: environmentFile ?? null,
        command: [...program, ...words],
        environment: [...variables.open, ...variables.secret].map(([variableName]) => variableName),
        written: !options.print,
        enabled: options.enable,
        text,
      });
      return;
    }
    if (options.print) {
      stdout.write(text);
      if (environmentFile !== undefined)
        ui.warn(
          `${variables.secret.map(([secret]) => secret).join(", ")} would be in ${secretPath}, for root only`,
        );
      return;
    }
    ui.status("Created", path);
    if (environmentFile !== undefined) ui.status("Created", `${environmentFile} (mode 0600)`);
    if (options.enable)
      ui.status(
        { glyph: "checkMark", text: "Enabled", colour: "green" },
        `${name}, which starts with the machine`,
      );
    ui.end(`Start it with: systemctl ${options.enable ? "start" : "enable --now"} ${name}`);
  },
});
