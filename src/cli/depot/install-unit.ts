// `hab depot install-unit`: a depot as a service of systemd.
import { resolve } from "node:path";
import { defineCommand, option } from "../command.ts";
import { ownProgram } from "../unit/files.ts";
import { installUnit, unitOptions, unitPaths } from "../unit/install.ts";
import { hostAndPort } from "../values.ts";
import { placeOptions } from "./place-options.ts";
import { depotUnitText } from "./unit-text.ts";

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
    ...unitOptions("hab-depot"),
  },
  json: true,
  async run({ options, source, env, stdout, json, printJson, ui }) {
    const { name, listen, user } = options;
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
    const { path, secretPath } = unitPaths(options);
    const program = ownProgram(env);
    const text = depotUnitText({
      name,
      program,
      words,
      user,
      dataDirectory,
      ...(variables.length > 0 && { environmentFile: secretPath }),
    });
    if (!options.print)
      installUnit({ ...options, writer: "hab depot install-unit", text, secrets: variables });
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
