// The configuration of a service as layers: default < environment < user.toml < gossip (reference/services.md §11).
// Pure: texts are read and parsed elsewhere, tables come in and a table goes out.
import {
  configVariable,
  isTable,
  mergeTables,
  parseConfigVariable,
  type TomlTable,
} from "../../toml/index.ts";

/** Layers from the first, which is overridden by all, to the last, which wins. */
export const LAYERS = ["default", "environment", "user", "gossip"] as const;
export type LayerName = (typeof LAYERS)[number];

/** Each layer as parsed; one that does not exist is absent, which merges like an empty one. */
export type ConfigLayers = { readonly [Name in LayerName]?: TomlTable | undefined };

export interface MergedConfig {
  readonly table: TomlTable;
  /** What the original logs: `Error merging user-cfg into config, …`. The table holds what was merged all the same. */
  readonly problems: readonly { readonly layer: LayerName; readonly message: string }[];
}

/** All layers merged, in their order. */
export function mergeLayers(layers: ConfigLayers): MergedConfig {
  const problems: { layer: LayerName; message: string }[] = [];
  let table: TomlTable = new Map();
  for (const layer of LAYERS) {
    const incoming = layers[layer];
    if (incoming === undefined) continue;
    const merged = mergeTables(table, incoming);
    table = merged.table;
    if (merged.problem !== undefined) {
      problems.push({ layer, message: `Error merging ${layer}-cfg into config, ${merged.problem}` });
    }
  }
  return { table, problems };
}

/**
 * The environment layer of a package, from the variable `HAB_<NAME>`; undefined when it is not set.
 * @throws HAB-TOML-005 when it is neither TOML nor a JSON object.
 */
export function environmentLayer(
  packageName: string,
  environment: Readonly<Record<string, string | undefined>>,
): TomlTable | undefined {
  const name = configVariable(packageName);
  const text = environment[name];
  return text === undefined ? undefined : parseConfigVariable(name, text);
}

/** One value of the merged configuration and the layer it came from. */
export interface ConfigSource {
  readonly path: readonly string[];
  readonly layer: LayerName;
}

/** Where every value came from, in the order of the merged table. An empty table counts as a value. */
export function configSources(layers: ConfigLayers): ConfigSource[] {
  const present = LAYERS.flatMap((layer) => {
    const table = layers[layer];
    return table === undefined ? [] : [{ layer, table }];
  });
  return sourcesBelow(present, []);
}

interface PresentLayer {
  readonly layer: LayerName;
  readonly table: TomlTable;
}

function sourcesBelow(present: readonly PresentLayer[], path: readonly string[]): ConfigSource[] {
  const keys = new Set(present.flatMap(({ table }) => [...table.keys()]));
  return [...keys].flatMap((key) => {
    const inner = [...path, key];
    // A value that is not a table hides what earlier layers have; tables after it merge.
    let tables: PresentLayer[] = [];
    let owner: LayerName | undefined;
    for (const { layer, table } of present) {
      const value = table.get(key);
      if (value === undefined) continue;
      if (!isTable(value)) tables = [];
      else tables.push({ layer, table: value });
      if (!isTable(value) || tables.length === 1) owner = layer;
    }
    const below = sourcesBelow(tables, inner);
    return below.length > 0 || owner === undefined ? below : [{ path: inner, layer: owner }];
  });
}
