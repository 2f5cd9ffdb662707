// What may stand before and as the command of `hab studio` (reference/plan-build.md §14.2): one table for the parser, the
// help and the completions.
import { STUDIO_TYPES } from "../../build/index.ts";
import type { ValueSubject } from "../grammar/spec.ts";

export interface StudioOption {
  /** As it is typed: `-k`, `--chroot`. */
  readonly flag: string;
  /** The variable that means the same; it gets the value, or `true`. */
  readonly variable: string;
  /** Name of the value in help; a switch has none. */
  readonly value?: string;
  readonly help: string;
  /** What help says in brackets, where it is more than the variable. */
  readonly note?: string;
  readonly choices?: readonly string[];
  readonly completes?: ValueSubject;
  /** Its values are separated by commas. */
  readonly list?: true;
}

export const STUDIO_OPTIONS: readonly StudioOption[] = [
  {
    flag: "-k",
    variable: "HAB_ORIGIN_KEYS",
    value: "KEYS",
    help: "Origins whose keys are brought, separated by commas",
    note: "HAB_ORIGIN_KEYS, else HAB_ORIGIN",
    completes: "origin",
    list: true,
  },
  {
    flag: "-s",
    variable: "SRC_PATH",
    value: "SRC_PATH",
    help: "Directory shown as /src",
    note: "SRC_PATH; default: the present one",
    completes: "directory",
  },
  {
    flag: "-r",
    variable: "HAB_STUDIO_ROOT",
    value: "STUDIO_ROOT",
    help: "Root of the studio",
    note: "HAB_STUDIO_ROOT; default: one for each SRC_PATH below HAB_STUDIOS_HOME",
    completes: "directory",
  },
  {
    flag: "-t",
    variable: "STUDIO_TYPE",
    value: "STUDIO_TYPE",
    help: "default, bootstrap or busybox",
    choices: Object.keys(STUDIO_TYPES),
  },
  {
    flag: "-f",
    variable: "HAB_REFRESH_CHANNEL",
    value: "CHANNEL",
    help: "Channel of dependencies of the origin core",
    completes: "channel",
  },
  {
    flag: "-a",
    variable: "ARTIFACT_PATH",
    value: "ARTIFACT_PATH",
    help: "Artifact cache that is shown",
    completes: "directory",
  },
  {
    flag: "-c",
    variable: "CERT_PATH",
    value: "CERT_PATH",
    help: "Certificates that are shown",
    completes: "directory",
  },
  { flag: "-n", variable: "NO_SRC_PATH", help: "Show no source directory" },
  { flag: "-N", variable: "NO_ARTIFACT_PATH", help: "Show no artifact cache" },
  { flag: "-M", variable: "NO_CERT_PATH", help: "Show no certificates" },
  { flag: "--no-network", variable: "HAB_STUDIO_NO_NETWORK", help: "Nothing but loopback inside" },
  {
    flag: "--chroot",
    variable: "HAB_STUDIO_CHROOT",
    help: "As root: the machine's devices and all rights inside",
  },
  { flag: "-q", variable: "QUIET", help: "Say less" },
  { flag: "-v", variable: "VERBOSE", help: "Say which packages are shown" },
];

/** `-D`, which may stand after the command, too. */
export const CONTAINER_FLAG = { flag: "-D", help: "In a container (docker, podman)" } as const;

/** `-R` of `build`. */
export const REUSE_FLAG = { flag: "-R", help: "In the studio that is there" } as const;

export const STUDIO_COMMANDS = ["new", "enter", "run", "build", "rm", "version", "help", "record"] as const;
export type StudioCommand = (typeof STUDIO_COMMANDS)[number];

/** The commands that are for people, with what they do; `record` is for the shell inside. */
export const COMMAND_HELP: Readonly<Record<Exclude<StudioCommand, "record">, string>> = {
  new: "Make the studio of this directory, if it is not there",
  enter: "A shell in it",
  run: "Run a command line in it",
  build: "Build a plan in a new one; with -R in the one that is there",
  rm: "Take it away",
  version: "Print the version",
  help: "Print this",
};

/** The command that `word` is the beginning of; `rm` and `record` are written in full. */
export function studioCommand(word: string): StudioCommand | undefined {
  if (word === "") return undefined;
  return STUDIO_COMMANDS.find((command) =>
    command === "rm" || command === "record" ? command === word : command.startsWith(word),
  );
}
