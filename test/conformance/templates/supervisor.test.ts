// Templates as a Supervisor of the original rendered them: config folders whose templates include each other, and its
// words for templates that fail.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  compileTemplates,
  type DeprecatedSyntax,
  formatDeprecatedSyntax,
} from "../../../src/template/index.ts";
import { parseJson, parseToml } from "../../../src/toml/index.ts";

const vectors = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dir, "../services", name), "utf8"));

/** The files of the package's config folder, named by their path below it. */
function templatesOf(files: Record<string, string>): Map<string, string> {
  return new Map(
    Object.entries(files)
      .filter(([path]) => path.startsWith("config/"))
      .map(([path, text]) => [path.slice("config/".length), text]),
  );
}

describe("partials-context.json", () => {
  const [vector] = vectors("partials-context.json");
  const expected: Record<string, string> = vector.expect.files;
  const templates = templatesOf(vector.package.files);
  const context = parseJson(expected["ctx.json"] ?? "", { source: "ctx.json" }) as Map<string, never>;
  // The order in which the Supervisor builds it.
  const data = new Map(["sys", "pkg", "cfg", "svc", "bind"].map((key) => [key, context.get(key) ?? null]));

  for (const name of templates.keys()) {
    test(name, async () => {
      const set = await compileTemplates(templates);
      expect(set.render(name, data)).toBe(expected[name] ?? "");
    });
  }

  test("the warning about deprecated syntax", async () => {
    const warnings: DeprecatedSyntax[] = [];
    await compileTemplates(templates, { onDeprecated: (warning) => warnings.push(warning) });
    expect(warnings).toHaveLength(1);
    const path = `$ROOT/hab/pkgs/vec/partials/1.0.0/20260101000000/config/${warnings[0]?.name}`;
    const log: string[] = vector.expect.log;
    const start = log.findIndex((line) => line.startsWith("***"));
    expect(formatDeprecatedSyntax(warnings[0] as DeprecatedSyntax, path).split("\n")).toEqual(
      log.slice(start, start + 8),
    );
  });
});

describe("bad-packages.json", () => {
  interface Case {
    readonly name: string;
    readonly package: { readonly toml: string; readonly files?: Record<string, string> };
    readonly expect: { readonly log: readonly string[] };
  }
  const cases: Case[] = vectors("bad-packages.json");
  const render = async ({ package: { toml, files } }: Case) => {
    const set = await compileTemplates(templatesOf(files ?? {}));
    return set.render("x.conf", new Map([["cfg", parseToml(toml, { source: "default.toml" })]]));
  };

  for (const vector of cases.filter(({ name }) => name.startsWith("badr"))) {
    test(`${vector.name}: the original's words`, async () => {
      const line = vector.expect.log.find((text) => text.includes("Failed to compile configuration: ")) ?? "";
      await expect(render(vector)).rejects.toThrow(line.split("configuration: ")[1]);
    });
  }

  for (const vector of cases.filter(({ name }) => /^badt\d/.test(name))) {
    test(`${vector.name}: a syntax error with its line`, async () => {
      const line = vector.expect.log.find((text) => text.includes("TemplateError")) ?? "";
      const number = /line_no: Some\((\d+)\)/.exec(line)?.[1];
      await expect(render(vector)).rejects.toThrow(`template x.conf: line ${number}, column `);
    });
  }
});
