// Makes src/build/debian/shelf.ts, the table of which Debian package is in which plan of ours: script/bun script/debian-shelf.ts
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PROJECT = join(import.meta.dir, "..");

/** Where the table is. */
export const SHELF_FILE = join(PROJECT, "src/build/debian/shelf.ts");

/** The triplet of the machine we build for, as names of packages have it. */
const TRIPLET_IN_NAMES = "x86-64-linux-gnu";

/** What the plans say: the text of the table's file. */
export function shelfText(): string {
  const plans = new Map<string, string>();
  const directory = join(PROJECT, "plans");
  for (const plan of readdirSync(directory).sort()) {
    const file = join(directory, plan, "plan.sh");
    if (!existsSync(file)) continue;
    const list =
      /^(?:debian_packages|pkg_deb_packages)=\(([^)]*)\)/m.exec(readFileSync(file, "utf8"))?.[1] ?? "";
    // What several plans have is the first one's.
    for (const word of list.split(/\s+/).filter(Boolean)) {
      const name = word.replaceAll('"', "").replace(/\$\{debian_triplet\/\/_\/-\}/, TRIPLET_IN_NAMES);
      if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name)) throw new Error(`${file}: '${word}' is no name of Debian's`);
      if (!plans.has(name)) plans.set(name, plan);
    }
  }
  const rows = [...plans]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, plan]) => `  ["${name}", "${plan}"],\n`);
  return `// Which Debian packages our own plans are made of. Whoever depends on one of them gets ours. Made of plans/*/plan.sh by
// script/bun script/debian-shelf.ts.

/** Debian package → the plan below \`plans/\` that has it, whose package is \`core/<plan>\`. */
export const SHELF: ReadonlyMap<string, string> = new Map([
${rows.join("")}]);
`;
}

if (import.meta.main) writeFileSync(SHELF_FILE, shelfText());
