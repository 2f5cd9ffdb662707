// `hab depot install-unit`: a depot as a service of systemd.
import { join, resolve } from "node:path";
import { defineCommand, flag, option } from "../command.ts";
import {
  ownProgram,
  refuseForeign,
  reloadUnits,
  SYSTEM_DIRECTORY,
  systemctl,
  unitName,
  writeUnitFile,
} from "../sup/unit-files.ts";
import { environmentFileText, isUnchanged } from "../sup/unit-text.ts";
import { hostAndPort } from "../values.ts";
import { placeOptions } from "./place-options.ts";
import { DEPOT_UNIT_MARK, depotUnitText } from "./unit-text.ts";

/** The unit is for everybody to read, secrets are for root. */
const UNIT_MODE = 0o644;
const SECRET_MODE = 0o600;

/** Variables that say where the depot keeps things and how it gets in there. */
const CARRIED = /^(HAB_DEPOT_[A-Z_]+|AWS_[A-Z_0-9]+|PG(PASSWORD|PASSFILE|USER)|NODE_EXTRA_CA_CERTS)$/;

function userName(text: string): string {
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(text))
    throw new Error("the name of a user of this machine is expected");
  return text;
}

export const command = defineCommand({
  summary: "Have systemd run a depot",
  description:
    "Writes a unit that runs the depot with these options as a user without rights, in a sandbox. HAB_DEPOT_…, AWS_… and " +
    "PGPASSWORD that are set now go into a file beside it that only root can read.",
  examples: [
    {
      command: "hab depot install-unit --listen 0.0.0.0:9636 --enable",
      explains: "at each start of the machine",
    },
    { command: "hab depot install-unit --print", explains: "only to look at it" },
  ],
  options: {
    ...placeOptions(),
    listen: option({
      long: "listen",
      value: "HOST:PORT",
      help: "Address to listen on",
      default: "127.0.0.1:9636",
      type: hostAndPort(9636),
    }),
    user: option({ long: "user", help: "User that runs it", default: "hab", type: userName }),
    name: option({ long: "name", help: "Name of the unit", default: "hab-depot", type: unitName }),
    directory: option({
      long: "directory",
      value: "DIRECTORY",
      completes: "directory",
      help: "Where units are",
      default: SYSTEM_DIRECTORY,
    }),
    print: flag({
      long: "print",
      help: "Print the unit and write nothing",
      conflictsWith: ["enable", "force"],
    }),
    enable: flag({ long: "enable", help: "Have the unit started with the machine" }),
    force: flag({ long: "force", help: "Replace a file that hab did not write, or that was changed" }),
  },
  json: true,
  async run({ options, source, env, stdout, json, printJson, ui }) {
    const { name, directory, listen, user } = options;
    const dataDirectory = resolve(options.data);
    const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
    const words = ["depot", "run", "--data", dataDirectory, "--listen", `${host}:${listen.port}`];
    for (const id of ["database", "blobs", "keys"] as const) {
      const value = options[id];
      // What comes from a variable goes with the variables: it may hold a password.
      if (value !== undefined && source(id) === "command-line")
        words.push(`--${id}`, id === "keys" ? resolve(value) : value);
    }
    const variables = Object.entries(env)
      .filter((entry): entry is [string, string] => CARRIED.test(entry[0]) && entry[1] !== undefined)
      .filter(([variable]) => variable !== "HAB_DEPOT_DATA")
      .sort(([one], [other]) => (one < other ? -1 : 1));
    const secretPath = join(directory, `${name}.env`);
    const path = join(directory, `${name}.service`);
    const program = ownProgram(env);
    const text = depotUnitText({
      name,
      program,
      words,
      user,
      dataDirectory,
      ...(variables.length > 0 && { environmentFile: secretPath }),
    });
    if (!options.print) {
      const isOurs = (found: string): boolean => isUnchanged(found) || isUnchanged(found, DEPOT_UNIT_MARK);
      const files = [
        ...(variables.length === 0
          ? []
          : [{ path: secretPath, text: environmentFileText(name, variables), mode: SECRET_MODE }]),
        { path, text, mode: UNIT_MODE },
      ];
      if (!options.force) for (const file of files) refuseForeign(file.path, isOurs);
      for (const file of files) writeUnitFile(file);
      reloadUnits();
      if (options.enable) systemctl("enable", directory === SYSTEM_DIRECTORY ? `${name}.service` : path);
    }
    if (json) {
      const command = [...program, ...words];
      printJson({ name, path, command, written: !options.print, enabled: options.enable, text });
      return;
    }
    if (options.print) stdout.write(text);
    else
      ui.end(`Wrote ${path}. Start it with: systemctl ${options.enable ? "start" : "enable --now"} ${name}`);
  },
});
