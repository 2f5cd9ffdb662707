// The environment layer of a package's configuration (reference/services.md §11, layer 2).
import { HabError } from "../error/index.ts";
import { tomlErrors } from "./errors.ts";
import { jsonToToml, parseJson } from "./json.ts";
import { parseToml } from "./parse.ts";
import { isTable, type TomlTable } from "./value.ts";

/** `HAB_<NAME>`: the package's name in ASCII upper case, `-` as `_`. */
export function configVariable(packageName: string): string {
  return `HAB_${packageName.replace(/[a-z]/g, (letter) => letter.toUpperCase()).replaceAll("-", "_")}`;
}

/**
 * The table in a configuration variable: a TOML text, else a JSON object. An empty text is an empty table.
 * @throws HAB-TOML-005 when it is neither; the cause says what is wrong with it.
 */
export function parseConfigVariable(name: string, text: string): TomlTable {
  try {
    return parseToml(text, { source: name });
  } catch (tomlError) {
    try {
      const value = jsonToToml(parseJson(text, { source: name }));
      if (isTable(value)) return value;
    } catch (jsonError) {
      // Which of the two was meant shows in the first character.
      if (/^\s*\{/.test(text)) throw unreadable(name, jsonError);
    }
    throw unreadable(name, tomlError);
  }
}

function unreadable(name: string, cause: unknown): HabError {
  // The message is the original's; the cause adds where.
  return new HabError(tomlErrors.environment, `Unable to find valid TOML or JSON in ${name} ENVVAR`, {
    cause,
  });
}
