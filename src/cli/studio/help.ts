// `hab studio help`.
import { COMMAND_HELP, CONTAINER_FLAG, STUDIO_OPTIONS } from "./options.ts";

/** The page as it is printed. */
export function studioHelp(): string {
  return `hab studio: clean rooms to build and try packages in

EXAMPLES:
    hab studio enter                     a shell in the studio of this directory
    hab studio build plans/redis         a package from a plan
    hab studio -k acme run 'hab pkg list --all'
    hab studio rm                        take the studio away

USAGE:
    hab studio [OPTIONS] COMMAND [ARGS]

COMMANDS (a beginning is enough, except for rm):
${commandLines()}

OPTIONS (before the command; the variable means the same):
${optionLines()}
    -V, -h               Print the version, print this

INSIDE:
    build PLAN           Build a package; the log is in results/logs
    record NAME COMMAND  Run a command with a log
    sup-run, sup-log, sup-term
                         A Supervisor in the background

MORE VARIABLES:
    HAB_STUDIO_BACKLINE_PKG   Package of tools inside (default: chef/hab-backline)
    HAB_STUDIO_INSTALL_PKGS   More packages for a new studio, separated by colons
    HAB_STUDIO_SECRET_NAME    Inside the value of NAME
    HAB_STUDIO_SUP            Arguments of the Supervisor that \`enter\` starts; false for none
    HAB_STUDIO_NOSTUDIORC     Leave /src/.studiorc alone
    HAB_STUDIO_BINARY         Another program that does all of this
`;
}

const NAME_WIDTH = 21;

function line(name: string, text: string): string {
  return `    ${name.padEnd(NAME_WIDTH)}${text}`;
}

/** How the words of a command are written, where it takes some. */
const WORDS: Readonly<Record<string, string>> = { run: "run COMMAND...", build: "build [-R] [PLAN]" };

function commandLines(): string {
  return Object.entries(COMMAND_HELP)
    .map(([name, help]) => line(WORDS[name] ?? name, help))
    .join("\n");
}

function optionLines(): string {
  const options = STUDIO_OPTIONS.map(({ flag, value, help, note, variable }) =>
    line(value === undefined ? flag : `${flag} ${value}`, `${help} [${note ?? variable}]`),
  );
  return [...options, line(CONTAINER_FLAG.flag, CONTAINER_FLAG.help)].join("\n");
}
