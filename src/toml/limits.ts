// Limits that hold before anything is built from a text (DESIGN.md: parse at the border).

/** Largest text read, in bytes of UTF-8: 200 times the largest default.toml of the core plans. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** Deepest nesting of tables and arrays. Four times what configuration merging allows; no honest file comes near. */
export const MAX_DEPTH = 128;
