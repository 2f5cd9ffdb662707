// What a package says of its hooks in `hooks.toml`: how long each may take, how often it runs, when it has the service
// restarted (docs/run-a-service.md). Beyond the original, which ignores the file. A service's spec says the same of one
// service and goes before it.
import { join } from "node:path";
import { describeError, HabError } from "../error/index.ts";
import { readTextIfPresent } from "../host/index.ts";
import { isTable, parseToml, type TomlTable, type TomlValue } from "../toml/index.ts";
import { packageErrors } from "./errors.ts";

/** Hooks that are meant to end: all but `run`. */
export const ENDING_HOOKS = [
  "install",
  "uninstall",
  "init",
  "post-run",
  "health-check",
  "readiness",
  "reconfigure",
  "file-updated",
  "suitability",
  "pre-stop",
  "post-stop",
] as const;

export type EndingHook = (typeof ENDING_HOOKS)[number];

/** What can be said of one hook, in whole numbers. */
export interface HookSetting {
  /** Seconds it may take; 0 for as long as it likes. */
  readonly timeout?: number;
  /** Of `readiness`: seconds from one run to the next while the service is ready. */
  readonly interval?: number;
  /** Of `readiness`: failures in a row that make a ready service one that is not. */
  readonly failures?: number;
  /** Of `health-check`: criticals in a row after which the service is restarted; 0 for never. */
  readonly restartAfter?: number;
}

export type HookSettings = { readonly [hook in EndingHook]?: HookSetting };

/** What a table says, and the names in it that mean nothing here: they may be of a later version, or misspelt. */
export interface ReadHookSettings {
  readonly settings: HookSettings;
  readonly unknown: readonly string[];
}

/** In a package, beside default.toml. */
export const HOOK_SETTINGS_FILE = "hooks.toml";

/** Longest time that can be given: what a timer holds, in seconds. */
const MAX_SECONDS = 2_000_000;

interface Key {
  readonly field: keyof HookSetting;
  readonly least: number;
  readonly hooks: readonly EndingHook[];
}

const KEYS: Readonly<Record<string, Key>> = {
  timeout: { field: "timeout", least: 0, hooks: ENDING_HOOKS },
  interval: { field: "interval", least: 1, hooks: ["readiness"] },
  failures: { field: "failures", least: 1, hooks: ["readiness"] },
  restart_after: { field: "restartAfter", least: 0, hooks: ["health-check"] },
};

export function isEndingHook(name: string): name is EndingHook {
  return (ENDING_HOOKS as readonly string[]).includes(name);
}

/** Reads `hooks.toml` of a package, or of the directory that stands for it. Throws HAB-PKG-011. */
export function readHookSettings(directory: string): ReadHookSettings {
  const path = join(directory, HOOK_SETTINGS_FILE);
  const malformed = (problem: string, cause?: unknown) =>
    new HabError(packageErrors.metafileMalformed, `${path} ${problem}`, { cause });
  const text = readTextIfPresent(path);
  if (text === undefined) return { settings: {}, unknown: [] };
  let table: TomlTable;
  try {
    table = parseToml(text, { source: path });
  } catch (error) {
    throw malformed(`is not TOML: ${describeError(error)}`, error);
  }
  return parseHookSettings(table, (problem) =>
    malformed(`says something of hooks that it cannot: ${problem}`),
  );
}

/** Reads a table with a table for each hook. `fail` makes the error for a value that is none. */
export function parseHookSettings(table: TomlTable, fail: (problem: string) => Error): ReadHookSettings {
  const settings: { [hook in EndingHook]?: HookSetting } = {};
  const unknown: string[] = [];
  for (const [hook, value] of table) {
    if (!isEndingHook(hook)) {
      unknown.push(hook);
      continue;
    }
    if (!isTable(value)) throw fail(`${hook}: a table is expected`);
    const setting: { -readonly [field in keyof HookSetting]: HookSetting[field] } = {};
    for (const [name, given] of value) {
      const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
      if (key?.hooks.includes(hook) !== true) {
        unknown.push(`${hook}.${name}`);
        continue;
      }
      setting[key.field] = wholeNumber(given, key.least, () =>
        fail(`${hook}.${name}: ${expected(key.least)}`),
      );
    }
    settings[hook] = setting;
  }
  return { settings, unknown };
}

function wholeNumber(value: TomlValue, least: number, fail: () => Error): number {
  if (typeof value !== "bigint" || value < BigInt(least) || value > BigInt(MAX_SECONDS)) throw fail();
  return Number(value);
}

function expected(least: number): string {
  return `a whole number from ${least} to ${MAX_SECONDS} is expected`;
}

/** The table `parseHookSettings` reads these from; undefined when they say nothing. */
export function hookSettingsTable(
  settings: HookSettings,
): Record<string, Record<string, bigint>> | undefined {
  const table: Record<string, Record<string, bigint>> = {};
  for (const hook of ENDING_HOOKS) {
    const setting = settings[hook];
    if (setting === undefined) continue;
    const entries = Object.entries(KEYS).flatMap(([name, { field }]): [string, bigint][] => {
      const value = setting[field];
      return value === undefined ? [] : [[name, BigInt(value)]];
    });
    if (entries.length > 0) table[hook] = Object.fromEntries(entries);
  }
  return Object.keys(table).length === 0 ? undefined : table;
}

/** What holds of a hook: each value that the first gives, else the second. */
export function hookSetting(hook: EndingHook, first: HookSettings, second: HookSettings): HookSetting {
  return { ...second[hook], ...first[hook] };
}
