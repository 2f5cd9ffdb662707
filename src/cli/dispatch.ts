// From the words of the command line to an exit code: finds the command, parses what follows, runs it, shows what went
// wrong (reference/cli.md §1, §2.3).
import { HabError } from "../error/index.ts";
import {
  coloursHelp,
  createUi,
  errorAsJson,
  exitCodeOf,
  type LineReader,
  type Output,
  OutputClosed,
  reportError,
} from "../ui/index.ts";
import type { Command } from "./command.ts";
import { formatJson } from "./command.ts";
import { createConfiguration } from "./configuration.ts";
import { cliErrors } from "./errors.ts";
import { announceSwitches } from "./feature-switches.ts";
import type { Environment, ParsedValue } from "./grammar/parse.ts";
import { parseWords } from "./grammar/parse.ts";
import { similarWords } from "./grammar/similarity.ts";
import { errorMark, formatUsageError, type UsageError } from "./grammar/usage-error.ts";
import { describeGroup } from "./group-help.ts";
import { PROGRAMS, WITHOUT_VERSION } from "./groups.ts";
import { isReplaced } from "./handed-over.ts";
import { commandHelp, groupHelp, type HelpStyle, usageLine } from "./help.ts";
import { secretRedactor } from "./secret-arguments.ts";
import { childrenOf, resolve } from "./tree.ts";
import { COMPATIBLE_VERSION } from "./version.ts";

export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
  readonly readLine: LineReader;
  readonly signal: AbortSignal;
}

/** How a failure will be shown: by the words until they are parsed, then by what they mean. */
interface FailureStyle {
  json: boolean;
}

const USAGE_EXIT_CODE = 2;

/** Runs the command that `words` (without the program's name) say, and gives its exit code. Throws OutputClosed only. */
export async function dispatch(words: readonly string[], around: Surroundings): Promise<number> {
  announceSwitches(around.env, () => createUi(around));
  const { path, load, rest } = resolve(words);
  const failure: FailureStyle = { json: rest.includes("--json") };
  try {
    refuseIfDenied(words, around.env);
    if (load === undefined) return await runGroup(path, rest, around);
    if (isReplaced(path, around.env) && !/^(-V|--version)$/.test(rest[0] ?? "")) {
      const { becomeTool } = await import("./external-tool.ts");
      becomeTool(path, rest[0] === "--" ? rest.slice(1) : rest, around.env);
    }
    const { command } = await load();
    return await runCommand(path, command, rest, around, failure);
  } catch (error) {
    if (error instanceof OutputClosed) throw error;
    return showError(error, words, failure, path, around);
  }
}

async function runCommand(
  path: string,
  command: Command,
  words: readonly string[],
  around: Surroundings,
  failure: FailureStyle,
): Promise<number> {
  const { stdout, stderr, env } = around;
  const name = spokenName(path);
  const result = parseWords(command.grammar, words, env);
  switch (result.kind) {
    case "help":
      stdout.write(commandHelp(name, command, env, helpStyle(stdout, env, result.long)));
      return 0;
    case "bare":
      stderr.write(commandHelp(name, command, env, helpStyle(stderr, env, true)));
      return USAGE_EXIT_CODE;
    case "version":
      stdout.write(versionText(path));
      return 0;
    case "error":
      return usageError(result.error, usageLine(name, command), around);
    case "values":
      // `-j` is `--json` too where the original has it, and a `--json` of words handed on (pkg exec) is not ours.
      failure.json = command.hasJson && result.values.has("json");
      return await runWithValues(command, result.values, words, around);
  }
}

async function runWithValues(
  command: Command,
  values: ReadonlyMap<string, ParsedValue>,
  words: readonly string[],
  around: Surroundings,
): Promise<number> {
  const ui = createUi({ ...around, json: values.has("json") && command.hasJson });
  try {
    return await command.run(values, {
      ...around,
      ui,
      configuration: createConfiguration(around.env),
      words,
    });
  } finally {
    // A failure in the middle of a download leaves its line on the terminal.
    ui.settle();
  }
}

async function runGroup(path: string, words: readonly string[], around: Surroundings): Promise<number> {
  const { stdout, stderr, env } = around;
  const usage = `${spokenName(path)} <COMMAND>`;
  const [word, ...more] = words;
  if (word === undefined || word === "--") {
    stderr.write(groupHelp(await describeGroup(path, env), helpStyle(stderr, env, true)));
    return USAGE_EXIT_CODE;
  }
  if (word === "help") return await help(path, more, around);
  if (word === "--help" || /^-h/.test(word)) {
    stdout.write(groupHelp(await describeGroup(path, env), helpStyle(stdout, env, true)));
    return 0;
  }
  if ((word === "--version" || /^-V/.test(word)) && !WITHOUT_VERSION.includes(path)) {
    stdout.write(versionText(path));
    return 0;
  }
  if (/^--(help|version)=/.test(word)) {
    const [flag = "", value = ""] = word.split(/=(.*)/s);
    const what = `unexpected value '${value}' for '${flag}' found; no more were expected`;
    return usageError({ what, showUsage: true }, usage, around);
  }
  if (word.startsWith("-") && word !== "-") {
    const shown = word.startsWith("--") ? (word.split("=")[0] as string) : word.slice(0, 2);
    return usageError({ what: `unexpected argument '${shown}' found`, showUsage: true }, usage, around);
  }
  const missing = await notBuilt(path, words);
  if (missing !== undefined)
    throw new HabError(
      cliErrors.notBuilt,
      `\`hab ${missing}\` of Habitat ${COMPATIBLE_VERSION} is not built yet`,
    );
  return usageError(unknownCommand(path, word), usage, around);
}

/** `hab help pkg install` is `hab pkg install --help`. */
async function help(path: string, words: readonly string[], around: Surroundings): Promise<number> {
  const { stdout, env } = around;
  const found = resolve(path === "" ? words : [...path.split(" "), ...words]);
  const [unknown] = found.rest;
  if (unknown !== undefined && unknown !== "help")
    return usageError(
      { what: `unrecognized subcommand '${unknown}'`, showUsage: true },
      `${spokenName(found.path)} <COMMAND>`,
      around,
    );
  const style = helpStyle(stdout, env, true);
  if (found.load === undefined) stdout.write(groupHelp(await describeGroup(found.path, env), style));
  else stdout.write(commandHelp(spokenName(found.path), (await found.load()).command, env, style));
  return 0;
}

function unknownCommand(path: string, word: string): UsageError {
  const similar = similarWords(word, [...childrenOf(path).filter((child) => !isInternal(child)), "help"]);
  const quoted = similar.map((name) => `'${name}'`).join(", ");
  const tip =
    similar.length === 0
      ? undefined
      : similar.length === 1
        ? `a similar subcommand exists: ${quoted}`
        : `some similar subcommands exist: ${quoted}`;
  return { what: `unrecognized subcommand '${word}'`, ...(tip !== undefined && { tip }), showUsage: true };
}

function isInternal(word: string): boolean {
  return (PROGRAMS as readonly string[]).includes(word);
}

/** The command of the original that these words name, if there is one. */
async function notBuilt(path: string, words: readonly string[]): Promise<string | undefined> {
  const { originalCommands } = await import("./original.ts");
  const typed = [...(path === "" ? [] : path.split(" ")), ...words.filter((word) => !word.startsWith("-"))];
  return (
    originalCommands.find((original) => {
      const parts = original.split(" ");
      return parts.length <= typed.length && parts.every((part, index) => part === typed[index]);
    }) ?? originalGroup(path, words, originalCommands)
  );
}

/** A group of the original of which nothing is built: `hab bldr`. */
function originalGroup(
  path: string,
  words: readonly string[],
  originalCommands: readonly string[],
): string | undefined {
  const typed = `${path} ${words[0] ?? ""}`.trim();
  return originalCommands.some((original) => original.startsWith(`${typed} `)) ? typed : undefined;
}

function usageError(error: UsageError, usage: string, { stderr, env }: Surroundings): number {
  stderr.write(formatUsageError(error, usage, coloursHelp(env, stderr.isTerminal)));
  return USAGE_EXIT_CODE;
}

function showError(
  error: unknown,
  words: readonly string[],
  failure: FailureStyle,
  path: string,
  around: Surroundings,
): number {
  if (around.signal.aborted && !(error instanceof HabError))
    error = new HabError(cliErrors.interrupted, "Interrupted", {
      exitCode: interruptedExitCode(around.signal),
    });
  if (error instanceof HabError && error.kind.code === cliErrors.usage.code) {
    const mark = errorMark(coloursHelp(around.env, around.stderr.isTerminal));
    around.stderr.write(
      `${mark} ${error.message}\n\nFor more information, try '${spokenName(path)} --help'.\n`,
    );
    return error.exitCode;
  }
  const redact = secretRedactor(words, around.env);
  if (failure.json) {
    around.stderr.write(`${redact(formatJson(errorAsJson(error)))}\n`);
    return exitCodeOf(error);
  }
  return reportError(createUi(around), error, redact);
}

/** 128 and the signal's number, as shells report it. */
function interruptedExitCode(signal: AbortSignal): number {
  return signal.reason === "SIGTERM" ? 143 : 130;
}

/** Compat: HAB_LICENSE=deny refuses everything but licence, help and version (reference/cli.md §5). */
function refuseIfDenied(words: readonly string[], env: Environment): void {
  if (env["HAB_LICENSE"] !== "deny" || words[0] === "license" || words[0]?.startsWith("hab-") === true)
    return;
  if (words.some((word) => ["--help", "-h", "--version", "-V"].includes(word))) return;
  throw new HabError(cliErrors.licenseDenied, "License agreement not accepted: HAB_LICENSE is set to deny");
}

function helpStyle(output: Output, env: Environment, long: boolean): HelpStyle {
  return { columns: output.columns, colours: coloursHelp(env, output.isTerminal), long };
}

/** How a path is typed: `hab pkg install`, `hab-sup run`. */
export function spokenName(path: string): string {
  return isInternal(path.split(" ")[0] ?? "") ? path : `hab ${path}`.trimEnd();
}

function versionText(path: string): string {
  return `${spokenName(path).replaceAll(" ", "-")} ${COMPATIBLE_VERSION}\n`;
}
