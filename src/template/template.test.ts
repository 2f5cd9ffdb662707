import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HabError, isKind } from "../error/index.ts";
import { parseToml } from "../toml/index.ts";
import { compileTemplates, type TemplateData, templateErrors } from "./index.ts";

const render = async (source: string, data: TemplateData = {}, others: Record<string, string> = {}) =>
  (await compileTemplates(new Map([["main", source], ...Object.entries(others)]))).render("main", data);

describe("helpers (services.md §27)", () => {
  const data = {
    var: "value",
    old: "this is old",
    list: ["foo", "bar", "baz"],
    objects: [{ a: 1n }],
    test: { test: "something" },
    cfg: { build_targets: ["x86_64-linux"] },
    pkg: { deps: [{ origin: "core", name: "acl", version: "2.2.52", release: "20161208223311" }] },
    bind: { foo: { members: [{ sys: { ip: "1.2.3.4" } }] } },
  };

  test.each([
    ["{{toUppercase var}}", "VALUE"],
    ['{{strReplace old "old" "new"}}', "this is new"],
    ['{{strConcat "foo" "bar" "baz"}}', "foobarbaz"],
    ['{{strJoin list ","}}', "foo,bar,baz"],
    ['[{{strJoin objects ","}}]', "[]"],
    ["{{toJson test}}", '{\n  "test": "something"\n}'],
    ["{{toToml test}}", 'test = "something"\n'],
    ["{{toYaml test}}", "test: something\n"],
    ["build_targets = {{toToml cfg.build_targets}}", 'build_targets = ["x86_64-linux"]'],
    ['{{pkgPathFor "core/acl"}}', "/hab/pkgs/core/acl/2.2.52/20161208223311"],
    ["{{bind.foo.members.[0].sys.ip}}", "1.2.3.4"],
  ])("%s", async (source, expected) => expect(await render(source, data)).toBe(expected));

  test("pkgPathFor gives paths below the root it is told", async () => {
    const set = await compileTemplates(new Map([["x", '{{pkgPathFor "core/acl"}}']]), {
      packagesRoot: "/r/hab/pkgs",
    });
    expect(set.render("x", data)).toBe("/r/hab/pkgs/core/acl/2.2.52/20161208223311");
  });
});

describe("the dialect (services.md §20, §27)", () => {
  test.each<[string, TemplateData, string]>([
    ["{{#if a}}T{{else}}F{{/if}}", { a: {} }, "F"],
    ["{{arr}}", { arr: [1n, 2n] }, "[1, 2]"],
    ["{{o}}", { o: {} }, "[object]"],
    ["{{f}}", { f: 1 }, "1.0"],
    ["{{#if t}}{{../up}}{{/if}}", { t: true, up: "U" }, "U"],
    ["{{#each a}}{{@index}}{{/each}}", { a: ["x", "y"] }, "01"],
    ["  {{~ foo ~}}  ", { foo: "bar" }, "bar"],
    ["foo \\{{bar}}", {}, "foo {{bar}}"],
    ["{{#each a}}{{#if @index}},{{/if}}{{this}}{{/each}}", { a: ["x", "y"] }, "x,y"],
    ['{{#if (eq 5 "5")}}T{{else}}F{{/if}}', {}, "F"],
    ['{{gt "5" 3}}', {}, "true"],
    ["{{#each a}}\n{{this}}\n{{/each}}", { a: ["x"] }, "x\n"],
    ["{{#each a}}\n{{this}}\n{{/each}} end", { a: ["x"] }, "x\n end"],
    ["{{> a.conf}}|{{> sub/b}}", { v: "V" }, "A V|B"],
    ["\\{{{{raw}}}}", {}, "{{{{raw}}}}"],
    ["{{{{raw}}}}\n a {{{{/raw}}}} rest\n", {}, "a  rest\n"],
    ["  {{> lines}}\nend", { v: "x\r\ny\n\nz" }, "  x\r\n  y\n\n  z\n  l\n\n  m\nend"],
  ])("%j", async (source, data, expected) => {
    expect(await render(source, data, { "a.conf": "A {{v}}", "sub/b": "B", lines: "{{v}}\nl\n\nm\n" })).toBe(
      expected,
    );
  });

  test.each([
    ["{{arr.length}}", "Cannot access array/vector with string index, length"],
    ["{{#s}}x{{/s}}", "Helper not found s"],
    ["{{> main}}", "Can not include current template in partial"],
    ["{{> nope}}", "Partial not found nope"],
  ])("%s is an error", async (source, message) => {
    await expect(render(source, { arr: [], s: "x" })).rejects.toThrow(
      `Error rendering "main" line 1, col 1: ${message}`,
    );
  });

  test("an error inside a partial names the partial", async () => {
    await expect(render("a\n{{> p}}", {}, { p: "\n\n {{nope 1}}" })).rejects.toThrow(
      'Error rendering "p" line 3, col 2: Helper not',
    );
  });

  test("after a partial, errors name the including template again", async () => {
    await expect(render("{{> p}}\n{{nope 1}}", {}, { p: "x" })).rejects.toThrow(
      'Error rendering "main" line 2, col 1',
    );
  });

  test("the body of a partial block may define what the partial uses", async () => {
    const page = '{{#> layout}}{{#*inline "nav"}}NAV {{v}}{{/inline}}BODY{{/layout}}';
    expect(await render(page, { v: 1n }, { layout: "<{{> nav}}|{{> @partial-block}}>" })).toBe(
      "<NAV 1|BODY>",
    );
  });

  test("TOML tables are data as they are, keys in order, whatever they are called", async () => {
    const cfg = parseToml("b = 1\n10 = 2\n2 = 3.0\n__proto__ = 4\nd = 1979-05-27", { source: "x" });
    const source =
      "{{#each cfg}}{{@key}}={{this}} {{/each}}{{cfg.__proto__}} {{cfg.d.[$__toml_private_datetime]}}";
    expect(await render(source, new Map([["cfg", cfg]]))).toBe(
      "b=1 10=2 2=3.0 __proto__=4 d=[object] 4 1979-05-27",
    );
  });
});

describe("what a template cannot do", () => {
  const source =
    "[{{constructor}}{{cfg.__proto__}}{{cfg.toString}}{{cfg.constructor.name}}{{list.[0].constructor}}]";
  test("reach a prototype", async () => {
    expect(await render(source, { cfg: { a: 1n }, list: ["x"] })).toBe("[]");
    expect(await render('{{lookup cfg "constructor"}}{{lookup cfg "__proto__"}}', { cfg: {} })).toBe("");
    expect(await render("{{#each cfg as |constructor|}}{{constructor}}{{/each}}", { cfg: ["x"] })).toBe("x");
  });

  test("nest without end", async () => {
    const nested = (open: string, close: string) => open.repeat(50_000) + close.repeat(50_000);
    for (const source of [
      nested("{{#if a}}", "{{/if}}"),
      `{{x ${nested("(x ", ")")}}}`,
      nested("{{#> p}}", "{{/p}}"),
    ]) {
      await expect(compileTemplates(new Map([["main", source]]))).rejects.toThrow(
        "nested more than 100 levels deep",
      );
    }
    await expect(render(`{{toJson ${nested("[", "]")}}}`)).rejects.toThrow("template main: line 1, column");
    await expect(render(`{{#if a}}${"{{else if a}}".repeat(50_000)}{{/if}}`)).rejects.toThrow(
      "nested more than 100",
    );
  });

  test("include each other in a circle", async () => {
    const error = await render("{{> a}}", {}, { a: "{{> b}}", b: "{{> a}}" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(isKind(error, templateErrors.limit)).toBe(true);
  });

  test("grow without end", async () => {
    const long = "x".repeat(1000);
    const list = Array(1000).fill(long);
    const loops = (depth: number, body: string) =>
      "{{#each @root.l}}".repeat(depth) + body + "{{/each}}".repeat(depth);
    for (const source of [
      loops(4, "{{@root.s}}"),
      loops(5, ""),
      '{{strReplace (strReplace (strReplace s "x" s) "x" s) "x" s}}',
      "{{strJoin l (strJoin l (strJoin l (strJoin l s)))}}",
    ]) {
      const error = await render(source, { l: list, s: long }).catch((thrown: unknown) => thrown);
      expect(error instanceof HabError).toBe(true);
    }
  });

  test("take time that grows faster than the template", async () => {
    const many = " ".repeat(1_000_000);
    for (const source of [
      `a${many}b{{~x}}`,
      `${many}b\n{{#if x}}${many}b\n{{/if}}`,
      `{{> p}}${many}b${many}{{> p}}`,
    ]) {
      await render(source, {}, { p: `${many}b` });
    }
  });

  test("fail other than by an error of ours, whatever is in it", async () => {
    const piece = fc.constantFrom(
      "{{",
      "}}",
      "{{{",
      "}}}",
      "{{{{",
      "}}}}",
      "{{#",
      "{{/",
      "{{else",
      "{{>",
      "{{#>",
      "{{#*inline",
      "{{!--",
      "--}}",
      "~",
      "if",
      "each",
      "raw",
      "a",
      "a.b",
      "../",
      "@index",
      "this",
      "(",
      ")",
      "[",
      "]",
      "[0]",
      '"x"',
      "'y'",
      "as |v|",
      "1",
      "=",
      " ",
      "\n",
      "\\",
      "x",
      "\u2028",
      "toToml",
      "toYaml",
      "eachAlive",
      "lookup",
      "{{a}}",
      "{{#if a}}",
      "{{/if}}",
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: piece, maxLength: 25 }), async (source) => {
        try {
          await render(source, { a: { b: [1n, "s", null, 0.5] } }, { p: "{{> q}}" });
        } catch (error) {
          expect(error).toBeInstanceOf(HabError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
