// Reading bash without running it.
export { parseQuotedText, parseScript } from "./parse.ts";
export * from "./syntax.ts";
export { type Found, walk } from "./walk.ts";
