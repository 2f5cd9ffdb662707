// The colours of tokens.css, light and dark: text on each ground it is put on holds WCAG AA (4.5 to 1), lines around what is acted
// on hold 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11). Pages are looked at by axe in script/test-pages besides.
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const css = readFileSync(join(import.meta.dir, "tokens.css"), "utf8");
const COLOURS = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, { light, dark }],
  ),
);

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ["paper", "surface", "sunken", "raised"] as const;

const TEXTS: readonly (readonly [string, string])[] = [
  ...["ink", "ink-soft", "accent", "good", "warn", "bad"].flatMap((text) =>
    GROUNDS.map((ground) => [text, ground] as const),
  ),
  ...["accent", "good", "warn", "bad"].map((text) => [text, `${text}-wash`] as const),
  ...["ink", "ink-soft"].map((text) => [text, "accent-wash"] as const),
  ["accent-ink", "accent"],
  ["accent-ink", "accent-hover"],
  // Short messages and tips stand on the colour of ink.
  ["paper", "ink"],
];
const LINES: readonly (readonly [string, string])[] = GROUNDS.map((ground) => ["line-strong", ground]);

describe.each(["light", "dark"] as const)("%s", (scheme) => {
  const of = (name: string): string => {
    const colour = COLOURS.get(name);
    if (colour === undefined) throw new Error(`tokens.css has no colour ${name}`);
    return colour[scheme];
  };
  test.each(TEXTS)("%s on %s can be read", (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });
  test.each(LINES)("%s on %s can be seen", (line, ground) => {
    expect(contrast(of(line), of(ground))).toBeGreaterThanOrEqual(3);
  });
});
