// Checks the direction of imports between rooms (ARCHITECTURE.md): a room imports only the rooms it may, and only
// their index.ts, tests also their testing/. Prints each breach and exits 1; prints nothing when all is well.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Room → the rooms it may import. `error` and `host` are the floor everyone stands on. */
const ALLOWED: Record<string, readonly string[]> = {
  error: [],
  host: ["error"],
  ui: ["error"],
  toml: ["error"],
  template: ["error", "toml"],
  crypto: ["error", "host"],
  package: ["error", "host", "toml", "template", "crypto"],
  "depot-client": ["error", "host", "crypto", "package"],
  web: ["error"],
  depot: ["error", "host", "toml", "crypto", "package", "web"],
  ring: ["error", "host", "crypto"],
  ctl: ["error", "host"],
  launcher: ["error", "host"],
  build: ["error", "host", "toml", "template", "crypto", "package"],
  export: ["error", "host", "template", "crypto", "package"],
  supervisor: [
    "error",
    "host",
    "toml",
    "template",
    "crypto",
    "package",
    "depot-client",
    "ring",
    "ctl",
    "launcher",
    "web",
  ],
  cli: ["*"],
};

const root = resolve(import.meta.dir, "..");
const source = join(root, "src");
const breaches: string[] = [];

function* typescriptFiles(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* typescriptFiles(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

/** A test, or what tests use. */
function isOfTests(path: string): boolean {
  return path.endsWith(".test.ts") || path.includes("/testing/");
}

for (const file of typescriptFiles(source)) {
  const inside = relative(source, file);
  const room = inside.includes("/") ? (inside.split("/")[0] as string) : "main";
  const text = readFileSync(file, "utf8");
  for (const match of text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)) {
    const target = relative(source, resolve(dirname(file), match[1] as string));
    if (target.startsWith("..")) {
      breaches.push(`${inside}: imports ${match[1]}, outside src/`);
      continue;
    }
    const targetRoom = target.includes("/") ? (target.split("/")[0] as string) : "main";
    if (targetRoom === room) continue;
    const allowed = room === "main" ? ["build", "cli", "error", "ui"] : ALLOWED[room];
    if (allowed === undefined)
      breaches.push(`${inside}: room ${room} is not listed in script/check-imports.ts`);
    else if (!allowed.includes("*") && !allowed.includes(targetRoom))
      breaches.push(`${inside}: ${room} may not import ${targetRoom}`);
    else if (isOfTests(inside) && target.startsWith(`${targetRoom}/testing/`)) continue;
    else if (target !== `${targetRoom}/index.ts` && room !== "main")
      breaches.push(`${inside}: reaches past ${targetRoom}/index.ts (${target})`);
  }
}

for (const breach of breaches) console.error(breach);
process.exit(breaches.length === 0 ? 0 : 1);
