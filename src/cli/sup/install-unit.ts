// `hab sup install-unit`: the Supervisor as a service of systemd. Beyond Habitat, which documents a unit to be written by hand.
import { join } from "node:path";
import { readTextIfPresent, removeIfPresent } from "../../host/index.ts";
import { defineCommand, flag, option, optionList } from "../command.ts";
import { mergeConfigFiles, readConfigFiles } from "./run-config.ts";
import { runArguments, runOptions } from "./run-options.ts";
import {
  ownProgram,
  refuseForeign,
  reloadUnits,
  SYSTEM_DIRECTORY,
  systemctl,
  unitName,
  writeUnitFile,
} from "./unit-files.ts";
import { environmentFileText, isUnchanged, unitText } from "./unit-text.ts";
import { unitCommand, unitVariables } from "./unit-words.ts";

/** The unit is for everybody to read, secrets are for root. */
const UNIT_MODE = 0o644;
const SECRET_MODE = 0o600;

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
    name: option({
      long: "name",
      value: "NAME",
      help: "Name of the unit",
      default: "hab-sup",
      type: unitName,
    }),
    directory: option({
      long: "directory",
      value: "DIRECTORY",
      completes: "directory",
      help: "Where units are",
      default: SYSTEM_DIRECTORY,
    }),
    env: optionList({
      long: "env",
      value: "NAME=VALUE",
      help: "A variable for the Supervisor and its services; may be given several times",
      values: "one",
      type: variable,
    }),
    print: flag({
      long: "print",
      help: "Print the unit and write nothing",
      conflictsWith: ["enable", "force"],
    }),
    enable: flag({ long: "enable", help: "Have the unit started with the machine" }),
    force: flag({ long: "force", help: "Replace a file that hab did not write, or that was changed" }),
    ...runOptions(),
  },
  json: true,
  hasVersion: false,
  async run({ args, options, source, env, stdout, json, printJson, ui }) {
    // Throws for options that do not go together.
    mergeConfigFiles(options, args.service, readConfigFiles(options.configFiles));
    const { name, directory } = options;
    const { words, secrets } = unitCommand(args.service, options, source);
    const variables = unitVariables(env, [...options.env, ...secrets]);
    const path = join(directory, `${name}.service`);
    const secretPath = join(directory, `${name}.env`);
    const environmentFile = variables.secret.length > 0 ? secretPath : undefined;
    const program = ownProgram(env);
    const text = unitText({
      name,
      program,
      words,
      environment: variables.open,
      ...(environmentFile !== undefined && { environmentFile }),
    });
    if (!options.print) {
      const files = [
        ...(environmentFile === undefined
          ? []
          : [{ path: secretPath, text: environmentFileText(name, variables.secret), mode: SECRET_MODE }]),
        { path, text, mode: UNIT_MODE },
      ];
      for (const file of files) if (!options.force) refuseForeign(file.path, isUnchanged);
      for (const file of files) writeUnitFile(file);
      if (environmentFile === undefined && isUnchanged(readTextIfPresent(secretPath) ?? ""))
        removeIfPresent(secretPath);
      reloadUnits();
      if (options.enable) systemctl("enable", directory === SYSTEM_DIRECTORY ? `${name}.service` : path);
    }
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
