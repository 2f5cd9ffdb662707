// One value of a default.toml, as text, for EXPOSES (reference/plan-build.md §4, §10.3).
import { readFileSync } from "node:fs";
import { HabError } from "../error/index.ts";
import { formatTomlValue, isTable, parseToml, type TomlValue } from "../toml/index.ts";
import { buildErrors } from "./errors.ts";

/** The value at a dotted path; text without its quotes. Throws HAB-BLD-006, or what the TOML reader throws. */
export function defaultValue(file: string, path: string): string {
  let value: TomlValue | undefined = parseToml(readFileSync(file, "utf8"), { source: file });
  for (const key of path.split(".")) value = isTable(value) ? value.get(key) : undefined;
  if (value === undefined)
    throw new HabError(buildErrors.noDefaultValue, `${file} has no value for "${path}"`);
  return typeof value === "string" ? value : formatTomlValue(value);
}
