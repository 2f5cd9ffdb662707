// For tests: a file that says how people sign in, in a directory of its own.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directory.ts";

export interface SignInFile {
  readonly path: string;
  readonly directory: string;
  remove(): void;
}

/** Writes the file, with mode 0600 since it may hold secrets, and others beside it. */
export function signInFile(content: object, beside: Readonly<Record<string, string>> = {}): SignInFile {
  const directory = temporaryDirectory("hab-sign-in-");
  const path = join(directory, "sign-in.json");
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
  for (const [name, text] of Object.entries(beside))
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  return { path, directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
