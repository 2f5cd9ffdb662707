// Files of pkg-config: they name directories of Debian, and leave out those that Debian's compilers know. In a package they name
// where it is, since no compiler looks there by itself.
import { readFileSync, writeFileSync } from "node:fs";
import { walk } from "../walk.ts";
import type { Place } from "./place.ts";

/** Makes all files of pkg-config in a package name its places. */
export function rewritePkgConfig({ prefix, triplet }: Pick<Place, "prefix" | "triplet">): void {
  for (const { path, entry } of walk(prefix)) {
    if (!entry.isFile() || !entry.name.endsWith(".pc")) continue;
    const text = readFileSync(path, "latin1");
    const rewritten = placesNamed(text, prefix, triplet);
    if (rewritten !== text) writeFileSync(path, Buffer.from(rewritten, "latin1"));
  }
}

/** The text with paths of the package, and with -I and -L where it has none. */
export function placesNamed(text: string, prefix: string, triplet: string): string {
  // `prefix=/usr` and other paths below /usr are in the package now.
  let named = text.replace(/(^|[=\s:"'IL])\/usr(?=\/|\s|$)/gm, `$1${prefix}`);
  if (!/^Cflags:/m.test(named)) named = `${named.replace(/\n*$/, "\n")}Cflags:\n`;
  if (!/^Cflags:.*-I/m.test(named))
    named = named.replace(/^Cflags:.*$/m, (line) => `${line.trimEnd()} -I${prefix}/include`);
  if (!/^Libs:.*-L/m.test(named)) named = named.replace(/^Libs:/m, `Libs: -L${prefix}/lib/${triplet}`);
  return named;
}
