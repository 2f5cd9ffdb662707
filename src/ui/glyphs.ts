// The signs in front of lines, in three styles (reference/cli.md §6.2).

export type GlyphStyle = "full" | "limited" | "ascii";

const GLYPHS = {
  upArrow: ["↑", "↑", "/^\\"],
  fingerPoint: ["☛", "→", "-->"],
  checkMark: ["✓", "√", "[x]"],
  boxedCheckMark: ["☑", "⌂", "[#]"],
  omega: ["Ω", "Ω", "-->"],
  boxedX: ["☒", "░", "-X-"],
  rightArrow: ["→", "→", "-->"],
  cloud: ["☁", "⌂", "-->"],
  downArrow: ["↓", "↓", "  >"],
  ellipsis: ["…", "…", "..."],
  because: ["∵", "‼", "???"],
  begin: ["»", "»", " >>"],
  end: ["★", "≡", "***"],
  warn: ["Ø", "Ø", "  0"],
  fatal: ["✗✗✗", "XXX", "XXX"],
} as const satisfies Record<string, readonly [full: string, limited: string, ascii: string]>;

export type Glyph = keyof typeof GLYPHS;

/** The sign in a style. */
export function glyph(name: Glyph, style: GlyphStyle): string {
  const [full, limited, ascii] = GLYPHS[name];
  switch (style) {
    case "full":
      return full;
    case "limited":
      return limited;
    case "ascii":
      return ascii;
  }
}

/** Reads `HAB_GLYPH_STYLE` (any case); undefined when it names no style. Unset means `full`. */
export function parseGlyphStyle(text: string | undefined): GlyphStyle | undefined {
  const style = (text ?? "full").toLowerCase();
  return style === "full" || style === "limited" || style === "ascii" ? style : undefined;
}
