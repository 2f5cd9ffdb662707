// Layers as they travel from a Supervisor to `hab config show`: one JSON object, layer → table.
import { isTable, jsonToToml, parseJson, type TomlTable } from "../../toml/index.ts";
import { type ConfigLayers, LAYERS, type LayerName } from "./layers.ts";

/** Reads the layers out of a reply. What is not a table is left out. */
export function tablesOfLayers(text: string): ConfigLayers {
  const object = parseJson(text, { source: "layers of the configuration" });
  const layers: { [Name in LayerName]?: TomlTable } = {};
  if (!(object instanceof Map)) return layers;
  for (const name of LAYERS) {
    const value = object.get(name);
    const table = value === undefined || value === null ? undefined : jsonToToml(value);
    if (isTable(table)) layers[name] = table;
  }
  return layers;
}
