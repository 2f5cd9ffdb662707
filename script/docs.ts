// Writes the pages of docs/ that are made from the code: docs/errors.md, docs/compatibility.md and docs/json/. With --check it
// writes nothing and fails when a page is not what it would write (test/docs.test.ts).
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { compatibilityPage } from "./docs/compatibility.ts";
import { errorsPage } from "./docs/errors.ts";
import { jsonPages } from "./docs/json.ts";

const root = resolve(import.meta.dir, "..");

/** Every generated page: its path and what it should hold. */
export async function generatedPages(): Promise<{ path: string; text: string }[]> {
  return [
    { path: join(root, "docs/errors.md"), text: await errorsPage(root) },
    { path: join(root, "docs/compatibility.md"), text: await compatibilityPage() },
    ...jsonPages().map(({ name, text }) => ({ path: join(root, "docs/json", name), text })),
  ];
}

/** Files of docs/json/ whose command is gone. */
export async function leftoverPages(): Promise<string[]> {
  const directory = join(root, "docs/json");
  const wanted = new Set((await generatedPages()).map(({ path }) => path));
  const found = existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
  return found.filter((path) => !wanted.has(path));
}

if (import.meta.main) {
  const isCheck = process.argv.includes("--check");
  const stale: string[] = [];
  for (const { path, text } of await generatedPages()) {
    if (existsSync(path) && readFileSync(path, "utf8") === text) continue;
    stale.push(path);
    if (isCheck) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const path of await leftoverPages()) {
    stale.push(path);
    if (!isCheck) rmSync(path);
  }
  if (isCheck)
    for (const path of stale) console.error(`${path} is not current: run script/bun script/docs.ts`);
  process.exit(isCheck && stale.length > 0 ? 1 : 0);
}
