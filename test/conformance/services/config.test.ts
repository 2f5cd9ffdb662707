// Configuration layers and exports as the original's Supervisor merged them.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exportedConfig } from "../../../src/supervisor/config/exports.ts";
import { environmentLayer, mergeLayers } from "../../../src/supervisor/config/layers.ts";
import { compileTemplates } from "../../../src/template/index.ts";
import { formatJson, formatToml, parseToml } from "../../../src/toml/index.ts";

const vectors = (name: string) => JSON.parse(readFileSync(join(import.meta.dir, name), "utf8"));

interface LayersVector {
  readonly name: string;
  readonly package: string;
  readonly default_toml: string | null;
  readonly env: Record<string, string>;
  readonly user_toml: string | null;
  readonly gossip_toml: string | null;
  readonly expect: {
    readonly config_status: number;
    readonly config_body: string;
    readonly toJson_cfg: string | null;
    readonly toToml_cfg: string | null;
    readonly log: readonly string[];
  };
}

function merge(vector: LayersVector) {
  const read = (text: string | null, source: string) =>
    text === null ? undefined : parseToml(text, { source });
  return mergeLayers({
    default: read(vector.default_toml, "default.toml"),
    environment: environmentLayer(vector.package, vector.env),
    user: read(vector.user_toml, "user.toml"),
    gossip: read(vector.gossip_toml, "gossip"),
  });
}

describe("config-layers.json", () => {
  const all: LayersVector[] = vectors("config-layers.json");
  test("has all its cases", () => expect(all).toHaveLength(24));
  for (const vector of all) {
    test(vector.name, async () => {
      const wanted = vector.expect;
      if (wanted.config_status !== 200) {
        const reason = wanted.log.find((line) => line.includes("Unable to start"))?.split(", ")[1];
        expect(() => merge(vector)).toThrow(reason);
        return;
      }
      const { table } = merge(vector);
      expect(formatJson(table)).toBe(wanted.config_body);
      const templates = await compileTemplates(
        new Map([
          ["c.json", "{{toJson cfg}}"],
          ["c.toml", "{{toToml cfg}}"],
        ]),
      );
      const render = (name: string) => templates.render(name, new Map([["cfg", table]]));
      if (wanted.toJson_cfg !== null) expect(render("c.json")).toBe(wanted.toJson_cfg);
      if (wanted.toToml_cfg !== null) expect(render("c.toml")).toBe(wanted.toToml_cfg);
    });
  }
});

describe("exports.json", () => {
  for (const vector of vectors("exports.json")) {
    test(vector.name, () => {
      const config = parseToml(vector.package.toml, { source: "default.toml" });
      const exports = new Map<string, string>(
        vector.package.exports
          .trim()
          .split("\n")
          .map((line: string) => line.split("=")),
      );
      const exported = exportedConfig(exports, config);
      expect([...exported.keys()]).toEqual(["a", "b", "c", "d", "f"]);
      // The rumor carries TOML, whose tables come last.
      const rumor = formatJson(parseToml(formatToml(exported), { source: "rumor" }));
      expect(rumor).toBe(JSON.stringify(vector.expect.rumor_cfg));
    });
  }
});
