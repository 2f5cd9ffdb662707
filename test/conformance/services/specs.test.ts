// Spec files against those the original wrote and read: spec-load.json, spec-handwritten.json (reference/services.md §2).
import { describe, expect, test } from "bun:test";
import { parseWords } from "../../../src/cli/grammar/parse.ts";
import { plainIdentType } from "../../../src/cli/ident-types.ts";
import { command } from "../../../src/cli/svc/load.ts";
import { type LoadValues, loadFields, loadOptions } from "../../../src/cli/svc/load-options.ts";
import { formatSpec, parseSpec } from "../../../src/supervisor/spec/file.ts";
import { mergeLoad } from "../../../src/supervisor/spec/merge.ts";
import handwritten from "./spec-handwritten.json";
import loaded from "./spec-load.json";

interface LoadCase {
  readonly name: string;
  readonly ident: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | null>>;
  readonly expect: { readonly exit: number; readonly spec: string | null };
}

const BLDR = "http://127.0.0.1:24999";
const PUBLIC = "https://bldr.habitat.sh";

describe("hab svc load writes", () => {
  for (const one of loaded as readonly LoadCase[]) {
    test(one.name, () => {
      const parsed = parseWords(command.grammar, [one.ident, ...one.args], {});
      expect(parsed.kind).toBe(one.expect.exit === 0 ? "values" : "error");
      if (parsed.kind !== "values" || one.expect.spec === null) return;
      const options = Object.fromEntries(
        Object.entries(loadOptions()).map(([id, part]) => [id, part.read(parsed.values.get(id))]),
      ) as unknown as LoadValues & { readonly url: string | undefined };
      const url = options.url ?? (one.env?.["HAB_BLDR_URL"] === null ? PUBLIC : BLDR);
      const ident = plainIdentType(one.ident);
      const spec = mergeLoad(undefined, ident, loadFields(ident, options, url, false));
      expect(formatSpec(spec)).toBe(one.expect.spec.replace("$BLDR", BLDR).replace("$DEFAULT_BLDR", PUBLIC));
    });
  }
});

interface HandwrittenCase {
  readonly name: string;
  readonly content?: string | null;
  readonly after?: string | null;
  readonly rewritten?: boolean;
  readonly expect?: {
    readonly after?: string | null;
    readonly service?: object | null;
    readonly log?: readonly string[];
  };
}

describe("a hand-written spec", () => {
  for (const [index, one] of (handwritten as readonly HandwrittenCase[]).entries()) {
    const { content, expect: expected } = one;
    if (typeof content !== "string" || expected === undefined) continue;
    const complaint = expected.log?.some(
      (line) => line.includes("Unable to parse") || line.includes("Missing required"),
    );
    test(`${one.name} (${index})`, () => {
      if (expected.service === null && complaint === true) {
        expect(() => parseSpec(content, "x.spec")).toThrow();
        return;
      }
      if (typeof expected.after !== "string" || !expected.after.includes("[health_check_interval]\nsecs"))
        return;
      // Migrated at the start, or as written: both read the same.
      const spec = parseSpec(content, "x.spec");
      const migrated = formatSpec(parseSpec(expected.after.replace("$DEFAULT_BLDR", PUBLIC), "x.spec"));
      expect(formatSpec(spec)).toBe(migrated);
      if (expected.after !== content)
        expect(formatSpec(spec)).toBe(expected.after.replace("$DEFAULT_BLDR", PUBLIC));
    });
  }
});
