// The configuration of a service with the layer each value comes from, and what lower layers would say (reference/services.md
// §11). Secrets are left out.
import { formatTomlValue, isTable, type TomlTable, type TomlValue } from "../../toml/index.ts";
import type { SupervisorTold } from "../../web/index.ts";
import { type ConfigLayers, configSources, LAYERS, type LayerName } from "../config/layers.ts";
import type { ServiceConfig } from "../service/config.ts";
import { MAX_CONFIG_VALUES, MAX_VALUE_LENGTH } from "./limits.ts";
import { isSecretAt, withoutSecrets } from "./secrets.ts";

type ConfigDocument = SupervisorTold.ConfigDocument;
type ConfigValue = SupervisorTold.ConfigValue;

export function configDocument(
  config: Pick<ServiceConfig, "layers" | "appliedIncarnation" | "problems">,
  secrets: readonly string[],
): ConfigDocument {
  const { layers, appliedIncarnation } = config;
  const sources = configSources(layers);
  const show = (path: readonly string[], value: TomlValue) =>
    isSecretAt(path, value) ? null : shown(value, secrets);
  return {
    values: sources
      .slice(0, MAX_CONFIG_VALUES)
      .map(({ path, layer }) => configValue(layers, path, layer, show)),
    more_values: Math.max(0, sources.length - MAX_CONFIG_VALUES),
    layers: LAYERS.filter((layer) => layers[layer] !== undefined),
    applied_version: appliedIncarnation === 0n ? null : String(appliedIncarnation),
    problems: config.problems.map((problem) => withoutSecrets(problem, secrets)),
  };
}

function configValue(
  layers: ConfigLayers,
  path: readonly string[],
  layer: LayerName,
  show: (path: readonly string[], value: TomlValue) => string | null,
): ConfigValue {
  const below = LAYERS.slice(0, LAYERS.indexOf(layer)).reverse();
  const hides = below.flatMap((lower) => {
    const value = valueAt(layers[lower], path);
    return value === undefined ? [] : [{ layer: lower, value: show(path, value) }];
  });
  const value = valueAt(layers[layer], path) ?? new Map();
  return { path, value: show(path, value), layer, hides };
}

function valueAt(table: TomlTable | undefined, path: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const step of path) value = isTable(value) ? value.get(step) : undefined;
  return value;
}

function shown(value: TomlValue, secrets: readonly string[]): string {
  const text = withoutSecrets(formatTomlValue(value), secrets);
  return text.length <= MAX_VALUE_LENGTH ? text : `${text.slice(0, MAX_VALUE_LENGTH)}…`;
}
