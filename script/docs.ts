// Writes the pages of docs/ that are made from the code: docs/errors.md and docs/compatibility.md. With --check it writes
// nothing and fails when a page is not what it would write (test/docs.test.ts).
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compatibilityPage } from "./docs/compatibility.ts";
import { errorsPage } from "./docs/errors.ts";

const root = resolve(import.meta.dir, "..");

/** Every generated page: its path and what it should hold. */
export async function generatedPages(): Promise<{ path: string; text: string }[]> {
  return [
    { path: join(root, "docs/errors.md"), text: await errorsPage(root) },
    { path: join(root, "docs/compatibility.md"), text: await compatibilityPage() },
  ];
}

if (import.meta.main) {
  let stale = 0;
  for (const { path, text } of await generatedPages()) {
    if (!process.argv.includes("--check")) writeFileSync(path, text);
    else if (readFileSync(path, "utf8") !== text) {
      console.error(`${path} is not current: run script/bun script/docs.ts`);
      stale++;
    }
  }
  process.exit(stale === 0 ? 0 : 1);
}
