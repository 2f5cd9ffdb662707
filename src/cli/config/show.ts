// `hab config show`: what a service is really configured with (reference/cli.md §10.3; the original prints nothing).
import type { CtlReplies } from "../../ctl/index.ts";
import { parseIdent } from "../../package/index.ts";
import { configSources, parseServiceGroup, tablesOfLayers } from "../../supervisor/index.ts";
import { formatTomlValue, isTable, parseToml, type TomlTable, type TomlValue } from "../../toml/index.ts";
import { formatTable } from "../../ui/index.ts";
import { argument, defineCommand, flag } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { askSupervisor } from "../svc/ask.ts";

export const command = defineCommand({
  summary: "Show the configuration of a service",
  description:
    "Prints the effective configuration as TOML: default.toml, overlaid by the environment (HAB_<NAME>), by user.toml " +
    "and by what was applied to the group.",
  examples: [
    { command: "hab config show redis.default", explains: "what templates see" },
    { command: "hab config show core/redis --layers", explains: "each value with the layer it came from" },
  ],
  args: {
    service: argument({
      value: "SERVICE",
      help: "A service group (redis.default) or a package (core/redis)",
      type: groupOrIdent,
    }),
  },
  options: {
    remoteSup: remoteSupOption(),
    layers: flag({
      long: "layers",
      help: "Print each value with its layer: default, environment, user or applied",
    }),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, json, printJson, stdout, ui } = context;
    const request = { message: "SvcGetDefaultCfg", fields: { ...args.service, withLayers: true } } as const;
    let answer: CtlReplies["ServiceCfg"] | undefined;
    for await (const reply of askSupervisor(context, options.remoteSup, request)) {
      if (reply.message === "ServiceCfg") answer = reply.fields;
    }
    const defaults = answer?.default ?? "";
    const isWhole = answer?.effective !== undefined;
    const effective = answer?.effective ?? defaults;
    if (!isWhole) ui.warn("This Supervisor tells only the package's default.toml, not what is in force");
    if (!json && !(isWhole && options.layers)) return stdout.write(effective);
    const table = parseToml(effective, { source: "configuration" });
    const layers = isWhole ? tablesOfLayers(answer?.layers ?? "{}") : { default: table };
    const rows = configSources(layers).map(({ path, layer }) => ({
      key: path.join("."),
      value: valueAt(table, path),
      layer: layer === "gossip" ? "applied" : layer,
    }));
    if (json) {
      return printJson(rows.map(({ key, value, layer }) => ({ key, value: plain(value), layer })));
    }
    stdout.write(
      formatTable([
        ["key", "value", "layer"],
        ...rows.map(({ key, value, layer }) => [
          key,
          value === undefined ? "" : formatTomlValue(value),
          layer,
        ]),
      ]),
    );
  },
});

/** A package has a slash, a group has none. */
function groupOrIdent(text: string) {
  return text.includes("/")
    ? { ident: { ...parseIdent(text) } }
    : { serviceGroup: { ...parseServiceGroup(text) } };
}

function valueAt(table: TomlTable, path: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of path) value = isTable(value) ? value.get(key) : undefined;
  return value;
}

/** A value as JSON of the command line has it. */
function plain(value: TomlValue | undefined): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (isTable(value)) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return typeof value === "object" ? value.text : value;
}
