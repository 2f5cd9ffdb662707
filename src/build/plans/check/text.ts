// Rules about the text of a plan and of what it sources: syntax, line ends, names of variables.
import { literal, placeAt, type Script, type Word, walk } from "../bash/index.ts";
import type { ReadPlan } from "../read-plan.ts";
import type { Place } from "../values.ts";
import type { Report } from "./finding.ts";
import {
  HAB_VARIABLES,
  LIST_SETTINGS,
  PROVIDED,
  programNames,
  TABLE_SETTINGS,
  TEXT_SETTINGS,
} from "./known.ts";
import { mostSimilar } from "./similar.ts";

/** What stands in the files of a plan, wherever it stands. */
export interface PlanText {
  readonly calls: readonly {
    readonly name: string;
    readonly words: readonly Word[];
    readonly place: Place;
  }[];
  /** Names of variables that are read, and where. */
  readonly read: ReadonlyMap<string, { readonly place: Place; readonly hasDefault: boolean }>;
  readonly assigned: ReadonlySet<string>;
}

interface FileText {
  readonly calls: PlanText["calls"];
  readonly read: readonly { readonly name: string; readonly place: Place; readonly hasDefault: boolean }[];
  readonly assigned: readonly string[];
}

/** Texts by script, so that a file many plans source is looked through once. */
const known = new WeakMap<Script, FileText>();

export function planText(plan: ReadPlan): PlanText {
  const texts = plan.files.map(({ path, script }) => fileText(path, script));
  const read = new Map<string, { place: Place; hasDefault: boolean }>();
  for (const each of texts.flatMap((text) => text.read)) if (!read.has(each.name)) read.set(each.name, each);
  return {
    calls: texts.flatMap(({ calls }) => calls),
    read,
    assigned: new Set(texts.flatMap(({ assigned }) => assigned)),
  };
}

function fileText(file: string, script: Script): FileText {
  const before = known.get(script);
  if (before !== undefined) return before;
  const place = (at: number): Place => ({ file, ...placeAt(script.text, at) });
  const calls: { name: string; words: readonly Word[]; place: Place }[] = [];
  const read: { name: string; place: Place; hasDefault: boolean }[] = [];
  const assigned: string[] = [];
  for (const found of walk(script.commands)) {
    if (found.kind === "command") {
      const { words, at } = found.command;
      const name = literal(words[0]);
      if (name !== undefined) calls.push({ name, words, place: place(at) });
      if (name !== undefined && ASSIGNING.has(name))
        assigned.push(...words.slice(1).flatMap((word) => literal(word) ?? []));
    } else if (found.kind === "assignment") assigned.push(found.assignment.name);
    else if (found.kind === "variable") {
      const { name, rest, at } = found.variable;
      if (/^(?:pkg|HAB)_/.test(name))
        read.push({ name, place: place(at), hasDefault: /^(?:\[[^\]]*\])?:?[-=+?]/.test(rest) });
      for (const [, inner = ""] of rest.matchAll(/\$\{?((?:pkg|HAB)_\w+)/g))
        read.push({ name: inner, place: place(at), hasDefault: false });
    }
  }
  const text = { calls, read, assigned };
  known.set(script, text);
  return text;
}

/** Commands whose arguments are names of variables that they set. */
const ASSIGNING = new Set([
  "read",
  "mapfile",
  "readarray",
  "local",
  "declare",
  "export",
  "typeset",
  "readonly",
  "for",
]);

const PKG_NAMES = new Set([...TEXT_SETTINGS, ...LIST_SETTINGS, ...TABLE_SETTINGS, ...PROVIDED]);

/** Variables that are read and that nobody sets. */
export function checkVariables(plan: ReadPlan, text: PlanText, report: Report): void {
  for (const [name, { place, hasDefault }] of text.read) {
    const names = name.startsWith("pkg_") ? PKG_NAMES : HAB_VARIABLES;
    if (names.has(name) || text.assigned.has(name) || plan.settings.has(name)) continue;
    if (programNames().variables.has(name)) continue;
    if (/^HAB_(?:ENV|STUDIO_SECRET)_/.test(name)) continue;
    const meant = mostSimilar(name, names);
    // Any other variable may be of the environment.
    if (meant === undefined && (name.startsWith("HAB_") || hasDefault)) continue;
    report(
      "unknown-variable",
      place,
      `${name} is not set anywhere${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      meant === undefined ? "Set it, or leave it out." : `Write ${meant}.`,
    );
  }
}

/** Line ends, and where the reading of the plan gave up. */
export function checkFiles(plan: ReadPlan, hasSyntaxError: (file: string) => boolean, report: Report): void {
  for (const { path, script } of plan.files) {
    const carriage = script.text.indexOf("\r\n");
    if (carriage >= 0)
      report(
        "line-ending",
        { file: path, ...placeAt(script.text, carriage) },
        "the file has Windows line ends, which bash takes for part of the words",
        "Convert it: sed -i 's/\\r$//' FILE.",
      );
    if (script.problem !== undefined && !hasSyntaxError(path))
      report(
        "not-followed",
        { file: path, ...placeAt(script.text, script.problem.at) },
        `the check does not understand this: ${script.problem.message}`,
        "What comes after it is not checked.",
      );
  }
  for (const { place, path, state } of plan.sourced) {
    if (state === "missing")
      report(
        "missing-source-file",
        place,
        `${path} does not exist: the plan cannot be loaded`,
        "Correct the path; it is taken relative to the plan's directory.",
      );
    if (state === "unreadable")
      report(
        "unreadable",
        place,
        `${path} cannot be read as a script`,
        "Source a regular file of at most 1 MiB.",
      );
    if (state === "unknown")
      report(
        "not-followed",
        place,
        "which file is sourced here only a build can tell",
        "What that file sets is not checked.",
      );
  }
}
