import { expect, test } from "bun:test";
import { templateReferences } from "./references.ts";

/** Paths with their line; in parentheses when only asked for. */
const references = (text: string) =>
  templateReferences("t", text).map(({ path, line, optional }) => {
    const shown = `${path.join(".")}:${line}`;
    return optional ? `(${shown})` : shown;
  });

test.each([
  ["a={{cfg.a}}\nb={{ cfg.b.c }}", ["cfg.a:1", "cfg.b.c:2"]],
  ["{{#if cfg.a}}{{cfg.a}}{{cfg.b}}{{/if}}", ["(cfg.a:1)", "(cfg.a:1)", "cfg.b:1"]],
  ["{{#each cfg.l}}{{name}} {{../cfg.a}} {{@root.cfg.b}}{{/each}}", ["(cfg.l:1)", "cfg.a:1", "cfg.b:1"]],
  ["{{#each cfg.l as |cfg|}}{{cfg.x}} {{pkg.name}}{{/each}}", ["(cfg.l:1)", "pkg.name:1"]],
  ["{{#with bind.db.first}}{{cfg.port}}{{/with}}", ["(bind.db.first:1)"]],
  ["{{toUppercase cfg.a}} {{#if (eq cfg.b 1)}}x{{/if}}", ["cfg.a:1", "cfg.b:1"]],
  ["{{#if (and cfg.a cfg.b)}}{{cfg.a.c}}{{/if}}", ["(cfg.a:1)", "(cfg.b:1)", "(cfg.a.c:1)"]],
  ["{{! cfg.no }} \\{{cfg.no}} {{cfg.[a b].c}}", ["cfg.a b.c:1"]],
])("%j reads", (text, expected) => {
  expect(references(text)).toEqual(expected);
});
