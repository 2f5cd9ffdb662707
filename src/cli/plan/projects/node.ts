// Plans for programs in Node.js: package.json says what they are and how they start.
import type { Draft, ProjectFiles } from "./project.ts";
import { COPY_PROJECT, isRecord, shellWords, textIn } from "./text.ts";

const ENTRIES = ["server.js", "server.mjs", "app.js", "app.mjs", "index.js", "index.mjs", "main.js"];

/** Undefined where it is none. */
export function nodeDraft(files: ProjectFiles): Draft | undefined {
  const text = files.read("package.json");
  if (text === undefined) return undefined;
  const manifest = parse(text);
  const start = startOf(manifest, files);
  const needsModules = isRecord(manifest["dependencies"]) && Object.keys(manifest["dependencies"]).length > 0;
  return {
    found: `a program in Node.js, started with ${start}`,
    version: textIn(manifest, "version"),
    description: textIn(manifest, "description"),
    license: textIn(manifest, "license"),
    deps: ["core/node", "core/busybox-static"],
    phases: `do_build() {
${needsModules ? MODULES : "  return 0\n"}}

${COPY_PROJECT}`,
    environment: ["export NODE_ENV=production", "export PORT={{cfg.port}}"],
    run: `exec {{pkgPathFor "core/node"}}/bin/node ${start}`,
  };
}

const MODULES = `  # The modules it requires are taken as they are: a build needs no network, and packs what was tested.
  if [[ ! -d node_modules ]]; then
    exit_with "There is no node_modules here. Run \\\`npm ci --omit=dev\\\` in the project, then build again" 1
  fi
`;

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {}; // the file tells what it is by its name alone
  }
}

/** The words behind \`node\`: of the start script where it is plain, else a file. */
function startOf(manifest: Record<string, unknown>, files: ProjectFiles): string {
  const scripts = manifest["scripts"];
  const script = isRecord(scripts) ? textIn(scripts, "start") : undefined;
  const words = /^node ([\w./@ =:-]+)$/.exec(script ?? "")?.[1];
  if (words !== undefined) return words;
  const main = textIn(manifest, "main");
  if (main !== undefined && files.has(main)) return shellWords(main);
  return ENTRIES.find((name) => files.has(name)) ?? "server.js";
}
