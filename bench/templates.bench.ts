// Templates against the `handlebars` package: a redis.conf, a haproxy.cfg and an nginx.conf with the whole context of a
// service, compiled once and rendered many times; and compiled anew each time.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { renderData } from "../src/cli/plan/render-data.ts";
import { compileTemplates } from "../src/template/index.ts";
import { report, sideBySide } from "./measure.ts";

interface Vector {
  readonly name: string;
  readonly template: string;
  readonly default_toml?: string;
  readonly mock_json?: string;
}

const vectors: Vector[] = JSON.parse(
  readFileSync(join(import.meta.dir, "../test/conformance/templates/realistic.json"), "utf8"),
);

/** What the templates use of our helpers, as one would write them for the package. */
const reference = Handlebars.create();
reference.registerHelper({
  eq: (a: unknown, b: unknown) => a === b,
  gt: (a: number, b: number) => a > b,
  and: (...args: unknown[]) => args.slice(0, -1).every(Boolean),
  not: (value: unknown) => !value,
  toUppercase: (text: string) => text.toUpperCase(),
  toLowercase: (text: string) => text.toLowerCase(),
  strJoin: (list: unknown[], separator: string) => list.join(separator),
  strConcat: (...args: unknown[]) => args.slice(0, -1).join(""),
  strReplace: (text: string, from: string, to: string) => text.replaceAll(from, to),
  toJson: (value: unknown) => JSON.stringify(value, null, 2),
  toToml: (value: unknown) => JSON.stringify(value),
  toYaml: (value: unknown) => JSON.stringify(value),
  pkgPathFor: (ident: string) => `/hab/pkgs/${ident}`,
  eachAlive(this: unknown, list: { alive: boolean }[], options: Handlebars.HelperOptions) {
    let text = "";
    const alive = list.filter((member) => member.alive);
    for (const [index, member] of alive.entries()) {
      const data = Handlebars.createFrame(options.data);
      data.index = index + 1;
      data.last = index === alive.length - 1;
      text += options.fn(member, { data, blockParams: [member, index + 1] });
    }
    return text;
  },
});

/** Plain objects and numbers, as the package wants them. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "bigint" ? Number(value) : value;
}

const cases = vectors.filter(({ name }) => name.endsWith("bind present") && !name.startsWith("post-run"));
const prepared = await Promise.all(
  cases.map(async ({ name, template, default_toml = "", mock_json = "{}" }) => {
    const data = renderData({
      defaultToml: { source: "default.toml", text: default_toml },
      mockJson: { source: "mock.json", text: mock_json },
    });
    return {
      name,
      template,
      data,
      plainData: plain(data),
      ours: await compileTemplates(new Map([[name, template]])),
      theirs: reference.compile(template, { noEscape: true }),
    };
  }),
);

const RENDERINGS = 300;
report(
  await sideBySide({
    subject: {
      name: `render ${cases.length} files ${RENDERINGS} times`,
      run: () => {
        for (let index = 0; index < RENDERINGS; index++) {
          for (const { ours, name, data } of prepared) ours.render(name, data);
        }
      },
    },
    reference: {
      name: "handlebars",
      run: () => {
        for (let index = 0; index < RENDERINGS; index++)
          for (const each of prepared) each.theirs(each.plainData);
      },
    },
    runs: 15,
    aim: { value: 1 },
  }),
);

const COMPILATIONS = 20;
report(
  await sideBySide({
    subject: {
      name: `compile and render ${cases.length} files ${COMPILATIONS} times`,
      run: async () => {
        for (let index = 0; index < COMPILATIONS; index++) {
          for (const { name, template, data } of prepared) {
            (await compileTemplates(new Map([[name, template]]))).render(name, data);
          }
        }
      },
    },
    reference: {
      name: "handlebars",
      run: () => {
        for (let index = 0; index < COMPILATIONS; index++) {
          for (const { template, plainData } of prepared)
            reference.compile(template, { noEscape: true })(plainData);
        }
      },
    },
    runs: 15,
    aim: { value: 1 },
  }),
);
