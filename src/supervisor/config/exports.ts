// What a service tells others of its configuration (reference/services.md §11.1).
import { isTable, type TomlTable, type TomlValue } from "../../toml/index.ts";

/**
 * The exported values, sorted by export name. `exports` maps an export's name to a dotted path in the configuration, as
 * in the metafile EXPORTS; a path that leads nowhere exports nothing.
 */
export function exportedConfig(exports: ReadonlyMap<string, string>, config: TomlTable): TomlTable {
  const exported: TomlTable = new Map();
  const names = [...exports.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) {
    const value = walk(exports.get(name) ?? "", config);
    if (value !== undefined) exported.set(name, value);
  }
  return exported;
}

/** Compat: a step that finds nothing is skipped, only the last step decides, so `x.port` may find a top-level `port`. */
function walk(path: string, config: TomlTable): TomlValue | undefined {
  let current: TomlValue = config;
  let found = false;
  for (const step of path.split(".")) {
    const next: TomlValue | undefined = isTable(current) ? current.get(step) : undefined;
    found = next !== undefined;
    if (next !== undefined) current = next;
  }
  return found ? current : undefined;
}
