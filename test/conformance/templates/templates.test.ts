// Templates rendered by the original, byte for byte (README of the vectors: exit 0 rendered, 1 error, 101 the original
// died, where any clean error will do).
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderData } from "../../../src/cli/plan/render-data.ts";
import { HabError } from "../../../src/error/index.ts";
import { compileTemplates } from "../../../src/template/index.ts";

interface Vector {
  readonly name: string;
  readonly template: string;
  readonly default_toml?: string;
  readonly user_toml?: string;
  readonly mock_json?: string;
  readonly expect: { exit: 0; output: string } | { exit: 1; error: string } | { exit: 101; panic: string };
}

const FILES = {
  comparison: 35,
  documents: 108,
  eachalive: 31,
  helpers: 84,
  inputs: 22,
  pkgpathfor: 21,
  realistic: 12,
  scopes: 89,
  strings: 153,
  syntax: 143,
  truthiness: 36,
  values: 111,
  whitespace: 72,
} as const;

async function run(vector: Vector): Promise<string> {
  const data = renderData({
    defaultToml: { source: "default.toml", text: vector.default_toml ?? "" },
    userToml: vector.user_toml === undefined ? undefined : { source: "user.toml", text: vector.user_toml },
    mockJson: { source: "mock.json", text: vector.mock_json ?? "{}" },
  });
  const templates = await compileTemplates(new Map([[vector.template, vector.template]]));
  return templates.render(vector.template, data);
}

async function failure(vector: Vector): Promise<HabError> {
  try {
    await run(vector);
  } catch (error) {
    if (error instanceof HabError) return error;
    throw error;
  }
  throw new Error("rendered without an error");
}

for (const [file, count] of Object.entries(FILES)) {
  const vectors: Vector[] = JSON.parse(readFileSync(join(import.meta.dir, `${file}.json`), "utf8"));
  describe(`${file}.json`, () => {
    test("has all its cases", () => expect(vectors).toHaveLength(count));
    for (const vector of vectors) {
      test(vector.name, async () => {
        const { expect: wanted } = vector;
        if (wanted.exit === 0) {
          expect(await run(vector)).toBe(wanted.output);
          return;
        }
        const error = await failure(vector);
        // Errors of inputs and of syntax have words of their own; those of rendering are the original's.
        if (wanted.exit === 1 && wanted.error.startsWith("Error rendering")) {
          expect(error.message).toBe(wanted.error);
        }
        const place =
          wanted.exit === 1
            ? /TOML parse error at (line \d+, column \d+)/.exec(wanted.error)?.[1]
            : undefined;
        if (place !== undefined) expect(error.message).toContain(`${place}: `);
        if (wanted.exit === 101) {
          const line = /line_no: Some\((\d+)\)/.exec(wanted.panic)?.[1];
          if (line !== undefined) expect(error.message).toContain(`line ${line}, column `);
        }
      });
    }
  });
}
