// What a person sees in a terminal.
export * from "./colour.ts";
export * from "./errors.ts";
export type { Glyph, GlyphStyle } from "./glyphs.ts";
export * from "./output.ts";
export { printable, printableLine } from "./printable.ts";
export { formatBytes, type Progress } from "./progress.ts";
export * from "./prompt.ts";
export * from "./report.ts";
export type { Status, StatusVerb } from "./status.ts";
export * from "./table.ts";
export * from "./ui.ts";
