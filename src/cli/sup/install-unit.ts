// `hab sup install-unit`: the Supervisor as a service of systemd. Beyond Habitat, which documents a unit to be written by hand.
import { lstatSync, realpathSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import {
  isCompiled,
  ownCommand,
  readTextIfPresent,
  removeIfPresent,
  writeFileWhole,
} from "../../host/index.ts";
import { defineCommand, flag, option, optionList } from "../command.ts";
import { cliErrors } from "../errors.ts";
import type { Environment } from "../grammar/parse.ts";
import { mergeConfigFiles, readConfigFiles } from "./run-config.ts";
import { runArguments, runOptions } from "./run-options.ts";
import { environmentFileText, isUnchanged, unitText } from "./unit-text.ts";
import { unitCommand, unitVariables } from "./unit-words.ts";

const SYSTEM_DIRECTORY = "/etc/systemd/system";

/** The unit is for everybody to read, secrets are for root. */
const UNIT_MODE = 0o644;
const SECRET_MODE = 0o600;

function unitName(text: string): string {
  const name = text.replace(/\.service$/, "");
  if (!/^[A-Za-z0-9_.:-]+$/.test(name) || name.length > 200)
    throw new Error("letters, digits and . : _ - are expected");
  return name;
}

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
      for (const file of files) if (!options.force) refuseForeign(file.path);
      for (const file of files) write(file);
      if (environmentFile === undefined && isUnchanged(readTextIfPresent(secretPath) ?? ""))
        removeIfPresent(secretPath);
      reload();
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

/** Throws HAB-CLI-022 when something is there that we did not write, or not like this. */
function refuseForeign(path: string): void {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return;
  if (status.isFile() && isUnchanged(readTextIfPresent(path) ?? "")) return;
  throw new HabError(cliErrors.foreignUnit, `${path} is there, and not as hab wrote it`);
}

function write({ path, text, mode }: { path: string; text: string; mode: number }): void {
  try {
    writeFileWhole(path, text, { mode });
  } catch (cause) {
    throw new HabError(cliErrors.unitNotWritten, `${path} cannot be written`, { cause });
  }
}

/** The units are read again, if systemd runs here: another root is being prepared otherwise. */
function reload(): void {
  if (lstatSync("/run/systemd/system", { throwIfNoEntry: false })?.isDirectory() === true)
    systemctl("daemon-reload");
}

function systemctl(...words: string[]): void {
  let problem: string;
  try {
    const { exitCode, stderr } = Bun.spawnSync(["systemctl", ...words], { stdin: "ignore", stderr: "pipe" });
    if (exitCode === 0) return;
    problem = stderr.toString().trim();
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
    problem = "there is no such program";
  }
  throw new HabError(cliErrors.systemctlFailed, `systemctl ${words.join(" ")}: ${problem}`);
}

/**
 * How a unit starts this program: by the name it is found under, if that leads here, because that name stays when the
 * package behind it is replaced.
 */
function ownProgram(env: Environment): readonly string[] {
  const own = ownCommand([]);
  const [program = ""] = own;
  if (!isCompiled()) return own;
  for (const directory of (env["PATH"] ?? "").split(":")) {
    const candidate = join(directory, "hab");
    if (isAbsolute(directory) && leadsTo(candidate, program)) return [candidate];
  }
  return own;
}

function leadsTo(path: string, target: string): boolean {
  try {
    return realpathSync(path) === realpathSync(target);
  } catch {
    return false;
  }
}
