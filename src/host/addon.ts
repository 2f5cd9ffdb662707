// Native addons without a file of their own. Bun unpacks an embedded addon into the temporary directory, which fails where
// that is mounted noexec and leaves the file behind; here it goes into a nameless file in memory and is loaded from there.
import { readFileSync, writeSync } from "node:fs";
import { openMemoryFile } from "./libc.ts";

/**
 * Loads the addon whose file is at `path` (an `import … with { type: "file" }`, embedded or not) and gives its exports.
 * Throws what reading, memfd_create or dlopen throw. Load each addon once.
 */
export function loadAddon(path: string): unknown {
  const bytes = readFileSync(path);
  // Stays open: the dynamic linker knows a library by the name it was opened under, and a closed number would be reused.
  const descriptor = openMemoryFile("hab-addon");
  for (let written = 0; written < bytes.length; )
    written += writeSync(descriptor, bytes, written, bytes.length - written, written);
  const module: { exports: unknown } = { exports: {} };
  process.dlopen(module, `/proc/self/fd/${descriptor}`);
  return module.exports;
}
