// What the program asks of the operating system.
export * from "./environment.ts";
export * from "./files.ts";
export * from "./roots.ts";
