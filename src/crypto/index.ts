// Keys, the key cache, signatures, encryption and hashing. Nothing heavy is loaded before it is used.
// Files are passed on whole: with `export { name } from`, Bun has whoever takes one thing load all of the room
// (docs/decisions/0043-build-speed.md).
export * from "./base64.ts";
export * from "./blake2b.ts";
export * from "./blake2b-bulk.ts";
export * from "./boxes.ts";
export * from "./encrypted-text.ts";
export * from "./errors.ts";
export * from "./generate.ts";
export * from "./hash-file.ts";
export * from "./key.ts";
export * from "./key-cache.ts";
export * from "./key-name.ts";
export * from "./masking.ts";
export * from "./named-revision.ts";
export * from "./random.ts";
export * from "./secret.ts";
export * from "./self-signed-certificate.ts";
export * from "./signing.ts";
export * from "./text.ts";
