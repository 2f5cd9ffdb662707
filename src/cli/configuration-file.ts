// Writing cli.toml (reference/cli.md §4). It holds secrets: the owner alone can read it, and it is replaced as a whole.
// Beyond the original: keys it does not know, or that we do not, stay.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { HabError } from "../error/index.ts";
import { readTextIfPresent, writeFileWhole } from "../host/index.ts";
import type { TomlTable } from "../toml/index.ts";
import { CONFIGURATION_KEYS, type ConfigurationKey } from "./configuration.ts";
import { cliErrors } from "./errors.ts";

const MODE = 0o600;

/** A new value for a key; null takes it out. */
export type ConfigurationChanges = { readonly [Key in ConfigurationKey]?: string | null };

/** Changes keys of the file at `path`, which is created when absent. Throws HAB-CLI-004, or HAB-CLI-012 when it cannot be written. */
export async function updateConfigurationFile(path: string, changes: ConfigurationChanges): Promise<void> {
  const { formatToml, parseToml } = await import("../toml/index.ts");
  let old: TomlTable;
  try {
    old = parseToml(readTextIfPresent(path) ?? "", { source: path });
  } catch (cause) {
    throw new HabError(cliErrors.configurationMalformed, `${path} is not valid TOML`, { cause });
  }
  const table: TomlTable = new Map();
  for (const key of CONFIGURATION_KEYS) {
    const change = changes[key];
    const value = change === undefined ? old.get(key) : change;
    if (value !== undefined && value !== null) table.set(key, value);
  }
  for (const [key, value] of old) if (!(key in changes) && !table.has(key)) table.set(key, value);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileWhole(path, formatToml(table), { mode: MODE });
  } catch (cause) {
    throw new HabError(cliErrors.configurationNotWritten, `${path} cannot be written`, { cause });
  }
}
