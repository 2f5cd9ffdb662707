// Rules about what makes a package a service: hooks, templates, default.toml, exports and binds
// (reference/plan-build.md §4, §10; reference/services.md).
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { HabError } from "../../../error/index.ts";
import { HOOK_SETTINGS_FILE, readHookSettings } from "../../../package/index.ts";
import { findDeprecatedSyntax, templateReferences } from "../../../template/index.ts";
import { isTable, parseToml, type TomlTable, type TomlValue } from "../../../toml/index.ts";
import { knownItems, type ReadPlan } from "../read-plan.ts";
import { type Place, textOf } from "../values.ts";
import type { Report } from "./finding.ts";
import { HOOKS } from "./known.ts";
import { mostSimilar } from "./similar.ts";

/** Larger files are no templates anybody writes. */
const MAX_TEMPLATE_BYTES = 4 * 1024 * 1024;

/** Everything beside plan.sh, and the settings that are about it. */
export function checkService(plan: ReadPlan, report: Report): void {
  const defaults = readDefaults(plan, report);
  if (defaults !== undefined || !isMadeInBuild(plan)) checkExports(plan, defaults, report);
  checkBinds(plan, report);
  checkHooks(plan, report);
  for (const folder of ["config", "config_install", "hooks"])
    for (const file of filesBelow(join(plan.directory, folder))) checkTemplate(plan, file, defaults, report);
}

/** Plans that share one copy default.toml from another directory in do_begin. */
function isMadeInBuild({ files }: ReadPlan): boolean {
  return files.some(({ script }) => script.text.includes("default.toml"));
}

/** The table of default.toml; undefined when there is none, or none that can be read. */
function readDefaults(plan: ReadPlan, report: Report): TomlTable | undefined {
  const file = join(plan.directory, "default.toml");
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  try {
    return parseToml(readFileSync(file), { source: file });
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    report(
      "bad-default-toml",
      placeIn(file, error.message),
      withoutPlace(error.message),
      "Correct it: a Supervisor cannot start the service with it.",
    );
    return undefined;
  }
}

/** `line 3, column 5` of a message. */
function placeIn(file: string, message: string): Place {
  const found = /line (\d+), column (\d+)/.exec(message);
  return { file, line: Number(found?.[1] ?? 1), column: Number(found?.[2] ?? 1) };
}

function withoutPlace(message: string): string {
  return message.replace(/^.*?line \d+, column \d+: /s, "");
}

function checkExports(plan: ReadPlan, defaults: TomlTable | undefined, report: Report): void {
  const exported = plan.settings.get("pkg_exports");
  const paths = new Map(exported?.items.map(({ key, text, place }) => [key, { text, place }]));
  for (const { key, text, place } of exported?.items ?? []) {
    if (key === undefined || text === undefined || defaults === undefined || text === "") continue;
    if (valueAt(defaults, text.split(".")) === undefined)
      report(
        "bad-export",
        place,
        `default.toml has no ${text}: consumers of ${key} get nothing unless it is configured`,
        `Give ${text} a default, or export something else.`,
      );
  }
  for (const { text, item } of knownItems(plan.settings.get("pkg_exposes"))) {
    if (text === "") continue;
    const path = paths.get(text);
    if (path === undefined) {
      if (exported === undefined || exported.certain)
        report(
          "bad-expose",
          item.place,
          `${text} is exposed, but pkg_exports does not have it: the build ends with an error`,
          `Add [${text}]=… to pkg_exports.`,
        );
      continue;
    }
    if (path.text === undefined) continue;
    const value = defaults === undefined ? undefined : valueAt(defaults, path.text.split("."));
    const problem =
      defaults === undefined
        ? "there is no default.toml that could be read"
        : value === undefined
          ? `default.toml has no ${path.text}`
          : isPort(value)
            ? undefined
            : `${path.text} of default.toml is no port`;
    if (problem !== undefined)
      report(
        "bad-expose",
        item.place,
        `${text} is exposed, but ${problem}: the build ends with an error`,
        `Give ${path.text} a number from 1 to 65535 in default.toml.`,
      );
  }
}

function isPort(value: TomlValue): boolean {
  const text = String(value);
  return /^0*[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535;
}

function valueAt(table: TomlTable, path: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of path) value = isTable(value) ? value.get(key) : undefined;
  return value;
}

function checkBinds(plan: ReadPlan, report: Report): void {
  const required = plan.settings.get("pkg_binds");
  const optional = plan.settings.get("pkg_binds_optional");
  const names = new Set(required?.items.map(({ key }) => key));
  for (const { key, place } of optional?.items ?? [])
    if (key !== undefined && names.has(key))
      report(
        "bad-bind",
        place,
        `${key} is a required and an optional bind`,
        "Leave it out of one of pkg_binds and pkg_binds_optional.",
      );
  for (const { key, text, place } of [...(required?.items ?? []), ...(optional?.items ?? [])])
    if (key !== undefined && text !== undefined && (/\s/.test(key) || /[,;=]/.test(text)))
      report(
        "bad-bind",
        place,
        `the exports of bind ${key} are "${text}"`,
        "Separate the names of exports by blanks.",
      );
}

function checkHooks(plan: ReadPlan, report: Report): void {
  const directory = join(plan.directory, "hooks");
  const seen = new Map<string, string>();
  for (const entry of namesIn(directory)) {
    const file = join(directory, entry);
    const place: Place = { file, line: 1, column: 1 };
    if (entry.startsWith(".")) continue;
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
      report(
        "hook-directory",
        place,
        "there is a directory among the hooks, which cannot be copied",
        "Move it out of hooks/.",
      );
      continue;
    }
    const name = entry.includes(".") ? entry.slice(0, entry.lastIndexOf(".")) : entry;
    const other = seen.get(name);
    if (other !== undefined)
      report(
        "hook-clash",
        place,
        `${other} and ${entry} are both the hook ${name}: the build ends`,
        "Leave one of them.",
      );
    seen.set(name, entry);
    checkHook(name, file, place, report);
  }
  if (statSync(join(plan.directory, HOOK_SETTINGS_FILE), { throwIfNoEntry: false })?.isFile() === true)
    checkHookSettings(plan, report);
  if (
    textOf(plan.settings.get("pkg_svc_run")) !== undefined &&
    textOf(plan.settings.get("pkg_svc_run")) !== "" &&
    seen.has("run")
  )
    report(
      "idle-run-command",
      plan.settings.get("pkg_svc_run")?.place ?? { file: plan.path, line: 1, column: 1 },
      "hooks/run is there, so pkg_svc_run is not used",
      "Leave one of them out.",
    );
  if ([...seen].some(([name, entry]) => name === entry) && plan.directory.includes("."))
    report(
      "dot-in-path",
      { file: plan.path, line: 1, column: 1 },
      "a directory above the plan has a dot in its name: Habitat (not hab) mangles the names of hooks without extension then",
      "Build it with hab, or move it.",
    );
}

function checkHook(name: string, file: string, place: Place, report: Report): void {
  const text = readText(file);
  if (!HOOKS.has(name)) {
    const plain = name.replaceAll("_", "-");
    const meant = HOOKS.has(plain) ? plain : mostSimilar(name, HOOKS);
    report(
      "unknown-hook",
      place,
      `nothing runs a hook ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
      meant === undefined ? `Hooks are ${[...HOOKS].sort().join(", ")}.` : `Rename it to ${meant}.`,
    );
  }
  if (text === undefined) {
    report("unreadable", place, "the hook cannot be read as text", "Make it a regular file of UTF-8 text.");
    return;
  }
  const carriage = text.indexOf("\r");
  if (carriage >= 0)
    report(
      "hook-line-ending",
      { ...place, line: text.slice(0, carriage).split("\n").length },
      "the hook has Windows line ends: the build ends with an error",
      "Convert it: sed -i 's/\\r$//' FILE.",
    );
  if (!text.startsWith("#!") && !text.startsWith("{{"))
    report(
      "hook-without-shebang",
      place,
      "the hook does not begin with #!",
      'Name what runs it: #!/bin/sh, or #!{{pkgPathFor "core/bash"}}/bin/bash.',
    );
}

function checkHookSettings(plan: ReadPlan, report: Report): void {
  const file = join(plan.directory, HOOK_SETTINGS_FILE);
  try {
    const { unknown } = readHookSettings(plan.directory);
    if (unknown.length > 0)
      report(
        "bad-hook-settings",
        { file, line: 1, column: 1 },
        `nothing is known of ${unknown.join(", ")}`,
        "docs/run-a-service.md lists what can be said of which hook.",
      );
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    report("bad-hook-settings", placeIn(file, error.message), withoutPlace(error.message), error.next);
  }
}

function checkTemplate(plan: ReadPlan, file: string, defaults: TomlTable | undefined, report: Report): void {
  const text = readText(file);
  // Files that are no text are copied as they are.
  if (text === undefined || !text.includes("{{")) return;
  const name = relative(plan.directory, file);
  for (const { line, found, suggestion } of findDeprecatedSyntax(name, text))
    report(
      "template-deprecated",
      { file, line, column: 1 },
      `"${found.trim()}" is the old way to write an element`,
      `Write "${suggestion.trim()}".`,
    );
  try {
    for (const { path, line, column, optional } of templateReferences(name, text)) {
      const place = { file, line, column };
      const [root, first, ...rest] = path;
      if (first === undefined) continue;
      if (root === "bind" && !optional) checkBindReference(plan, first, place, report);
      if (root === "cfg" && !optional) checkCfgReference([first, ...rest], defaults, place, report);
    }
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    report("template-syntax", placeIn(file, error.message), withoutPlace(error.message), error.next);
  }
}

function checkBindReference(plan: ReadPlan, bind: string, place: Place, report: Report): void {
  const settings = ["pkg_binds", "pkg_binds_optional"].map((name) => plan.settings.get(name));
  const items = settings.flatMap((setting) => setting?.items ?? []);
  if (
    items.some(({ key }) => key === bind || key === undefined) ||
    settings.some((setting) => setting?.certain === false)
  )
    return;
  if (plan.settings.has("pkg_scaffolding")) return;
  report(
    "undeclared-bind",
    place,
    `the bind ${bind} is in neither pkg_binds nor pkg_binds_optional`,
    `Add [${bind}]="…" to one of them.`,
  );
}

function checkCfgReference(
  path: readonly string[],
  defaults: TomlTable | undefined,
  place: Place,
  report: Report,
): void {
  let value: TomlValue | undefined = defaults ?? new Map();
  for (const [index, key] of path.entries()) {
    // Of values that are no tables templates ask more than TOML has: elements of lists.
    if (!isTable(value)) return;
    value = value.get(key);
    if (value !== undefined) continue;
    const known = path.slice(0, index + 1).join(".");
    report(
      "unknown-cfg",
      place,
      `default.toml has no ${known}: nothing is printed here unless it is configured`,
      `Give ${known} a default, or ask for it first: {{#if cfg.${known}}}.`,
    );
    return;
  }
}

function readText(file: string): string | undefined {
  try {
    const status = statSync(file);
    if (!status.isFile() || status.size > MAX_TEMPLATE_BYTES) return undefined;
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch {
    return undefined;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}

/** Files below a folder, links not followed into directories. */
function filesBelow(directory: string): string[] {
  return namesIn(directory).flatMap((name) => {
    const path = join(directory, name);
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status?.isDirectory() === true) return filesBelow(path);
    return status === undefined ? [] : [path];
  });
}
