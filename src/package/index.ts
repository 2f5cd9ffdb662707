// Packages: identifiers, harts, what is installed, install and uninstall (reference/packages.md).
export * from "./artifact-name.ts";
export * from "./environment.ts";
export * from "./errors.ts";
export * from "./ident.ts";
export * from "./installed.ts";
export * from "./metafile.ts";
export * from "./order.ts";
export type * from "./source.ts";
export * from "./store.ts";
export * from "./target.ts";
export * from "./version.ts";
