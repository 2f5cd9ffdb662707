// What the original's help says a command takes, against the grammar of ours: commands of each group, options, arguments,
// defaults, variables and possible values; then exit codes and streams of the ways to ask for help. The texts are ours.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "../../../src/cli/command.ts";
import { commands } from "../../../src/cli/commands.ts";
import type { ArgumentGrammar, OptionGrammar } from "../../../src/cli/grammar/spec.ts";
import { displayName, valueDisplay } from "../../../src/cli/grammar/spec.ts";
import { typeHere } from "../../../src/cli/testing/type-here.ts";
import { childrenOf } from "../../../src/cli/tree.ts";
import { HAB, run } from "../../binary/program.ts";
import { waitsFor } from "./cases.ts";
import { helpDepartures } from "./help-departures.ts";
import { type Item, readHelp } from "./help-text.ts";

interface Shown {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Described {
  readonly path: readonly string[];
  readonly long?: Shown;
  readonly version?: Shown;
  readonly V?: Shown | string;
  readonly bare?: Shown | null;
  readonly help_command?: Shown | string;
}

const described: readonly Described[] = JSON.parse(
  readFileSync(join(import.meta.dir, "help.json"), "utf8"),
).commands;
const rows = described
  .filter(
    ({ path }) =>
      waitsFor({ argv: path, name: "", expect: { exit: 0, stdout: "", stderr: "" } }) === undefined,
  )
  .map((each) => [["hab", ...each.path].join(" "), each] as const);
const leaves = rows.filter(([, { path }]) => path.join(" ") in commands);
const groups = rows.filter(([, { path }]) => !(path.join(" ") in commands));

function textOf({ long, help_command }: Described): string {
  const shown = long ?? help_command;
  return typeof shown === "object" ? shown.stdout : "";
}

describe("groups have the original's commands", () => {
  test.each(groups)("%s", (_, each) => {
    const path = each.path.join(" ");
    const ours = [...childrenOf(path), "help"];
    const waiting = (word: string) =>
      waitsFor({ argv: [...each.path, word], name: "", expect: { exit: 0, stdout: "", stderr: "" } });
    const theirs = readHelp(textOf(each)).commands.filter((word) => waiting(word) === undefined);
    expect(theirs.filter((word) => !ours.includes(word))).toEqual([]);
    expect(theirs.length).toBeGreaterThan(0);
  });
});

describe("commands take what the original's take", () => {
  test.each(leaves)("%s", async (_, each) => {
    const path = each.path.join(" ");
    const command = await commandAt(path);
    const help = readHelp(textOf(each));
    const different: string[] = [];
    for (const item of help.options) {
      if (["-h, --help", "-V, --version"].includes(item.spec)) continue;
      const option = command.grammar.options.find((candidate) => optionSpec(candidate) === item.spec);
      if (option === undefined) different.push(item.spec);
      else different.push(...noteDifferences(item, option));
    }
    help.arguments.forEach((item, index) => {
      const argument = command.grammar.arguments[index];
      if (argument === undefined || displayName(argument) !== item.spec)
        different.push(`${item.spec}: ${argument === undefined ? "absent" : displayName(argument)}`);
      else different.push(...noteDifferences(item, argument));
    });
    expect(command.grammar.hasHelp).toBe(
      helpDepartures[path]?.ownHelp ?? help.options.some(({ spec }) => spec === "-h, --help"),
    );
    expect(command.grammar.hasVersion).toBe(help.options.some(({ spec }) => spec === "-V, --version"));
    expect(different).toEqual([...(helpDepartures[path]?.differences ?? [])]);
  });
});

const ENVIRONMENT = { HAB_NOCOLORING: "true", HAB_LICENSE: "accept-no-persist" };

describe("help and version: exit code and stream", () => {
  test.each(rows)("%s", async (_, each) => {
    const hab = (...words: string[]) => typeHere(words, ENVIRONMENT);
    if (each.long !== undefined)
      for (const flag of ["--help", "-h"]) {
        const { exit, out, err } = await hab(...each.path, flag);
        expect([exit, err, out.includes("Usage: hab")]).toEqual([0, "", true]);
      }
    // `hab sup --version` asks a package of the original, which is not there.
    if (each.version !== undefined && each.version.exit !== 1)
      for (const flag of ["--version", "-V"]) {
        const { exit, out } = await hab(...each.path, flag);
        expect([exit, out]).toEqual([each.version.exit, each.version.stdout]);
      }
    if (each.help_command !== undefined) {
      const { exit, out } = await hab("help", ...each.path);
      expect([exit, out.includes("Usage: hab")]).toEqual([0, true]);
    }
    // A bare command with work to do is compared in commands.json.
    if (each.bare?.exit === 2) {
      const { exit, out, err } = await hab(...each.path);
      expect([exit, out]).toEqual([2, ""]);
      expect(err.startsWith("error: ")).toBe(each.bare.stderr.startsWith("error: "));
    }
  });

  test.each([
    [["--help"], 0, "stdout"],
    [["--version"], 0, "stdout"],
    [["help", "svc"], 0, "stdout"],
    [["svc", "load", "-h"], 0, "stdout"],
    [["svc"], 2, "stderr"],
  ] as const)("of the program itself: hab %s", async (words, exit, stream) => {
    const { code, stdout, stderr } = await run([HAB, ...words], { env: ENVIRONMENT });
    expect([code, stdout !== "", stderr !== ""]).toEqual([exit, stream === "stdout", stream === "stderr"]);
  });
});

test("every departure is of a command in the vectors", () => {
  const paths = described.map(({ path }) => path.join(" "));
  expect(Object.keys(helpDepartures).filter((path) => !paths.includes(path))).toEqual([]);
});

async function commandAt(path: string): Promise<Command> {
  const load = commands[path];
  if (load === undefined) throw new Error(`no command ${path}`);
  return (await load()).command;
}

function optionSpec(option: OptionGrammar): string {
  const names = [
    ...(option.short === undefined ? [] : [`-${option.short}`]),
    ...(option.long === undefined ? [] : [`--${option.long}`]),
  ];
  return `${names.join(", ")}${valueDisplay(option)}`;
}

function noteDifferences(item: Item, part: OptionGrammar | ArgumentGrammar): string[] {
  const name = displayName(part);
  const found: string[] = [];
  if (item.env !== part.env) found.push(`${name}: env ${part.env ?? "none"}, not ${item.env ?? "none"}`);
  // The root is that of the test which loaded the command first.
  const defaultText = part.defaultText?.replace(/^.*(?=\/hab\/cache\/keys$)/, "");
  // A default that cli.toml may replace is said in words.
  if (item.default !== defaultText && !part.help.includes(item.default ?? "-"))
    found.push(`${name}: default ${defaultText ?? "none"}, not ${item.default ?? "none"}`);
  if ((item.choices ?? []).join() !== (part.choices ?? []).join())
    found.push(`${name}: values ${(part.choices ?? []).join()}, not ${(item.choices ?? []).join()}`);
  return found;
}
