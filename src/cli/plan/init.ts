// `hab plan init`: the files of a new plan (reference/cli.md §10.8). Nothing that exists is overwritten.
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { describeError, HabError, systemErrorCode } from "../../error/index.ts";
import { formatIdent, packageErrors } from "../../package/index.ts";
import { templateErrors } from "../../template/index.ts";
import { defineCommand, flag, option, optionalArgument } from "../command.ts";
import { plainIdentType } from "../ident-types.ts";
import { originName } from "../values.ts";
import { planText } from "./plan-text.ts";

const LANGUAGES = ["go", "gradle", "node", "ruby"];
const IGNORED = "results/";

export const command = defineCommand({
  summary: "Make the files of a new plan",
  description:
    "Makes a directory with plan.sh, default.toml, README.md, config/ and hooks/: the directory `habitat`, or one with the " +
    "name given. Environment variables whose names start with pkg_ become values of the plan. What exists is kept.",
  examples: [
    { command: "hab plan init --origin acme", explains: "./habitat, for the software in this directory" },
    {
      command: "hab plan init -o acme --min -s node web",
      explains: "./web, a short plan for a Node.js program",
    },
  ],
  args: {
    name: optionalArgument({ value: "PKG_NAME", help: "Name of the package", refuseEmpty: true }),
  },
  options: {
    origin: option({
      short: "o",
      long: "origin",
      value: "ORIGIN",
      help: "Origin of the package (else HAB_ORIGIN, origin of cli.toml)",
      type: originName,
    }),
    min: flag({ short: "m", long: "min", help: "A plan without explanations and service settings" }),
    scaffolding: option({
      short: "s",
      long: "scaffolding",
      value: "SCAFFOLDING",
      help: "Scaffolding to use: go, gradle, node, ruby or a package",
    }),
  },
  json: true,
  async run({ args, options, configuration, env, ui, json, printJson }) {
    const origin = await configuration.origin(options.origin);
    const scaffolding = options.scaffolding === undefined ? undefined : scaffoldingOf(options.scaffolding);
    const root = args.name ?? "habitat";
    const variables = new Map([
      ["pkg_name", args.name ?? (basename(process.cwd()) || "unnamed")],
      ["pkg_origin", origin],
    ]);
    for (const [name, value] of Object.entries(env))
      if (name.startsWith("pkg_") && value !== undefined) variables.set(name, value);
    if (scaffolding !== undefined) {
      variables.set("pkg_scaffolding", scaffolding);
      ui.status("Using", `scaffolding ${scaffolding}`);
      ui.br();
    }

    const made: string[] = [];
    const changed: string[] = [];
    const kept: string[] = [];
    const report = (path: string, what: "file" | "directory", isNew: boolean) => {
      (isNew ? made : kept).push(path);
      ui.status(isNew ? "Creating" : "Using", `${isNew ? "" : "existing "}${what}: ${path}`);
    };
    ui.begin(`Making a plan in ${root}`);
    writing(root, () => mkdirSync(root, { recursive: true }));
    const files = {
      "plan.sh": planText({ variables, minimal: options.min }),
      "default.toml":
        "# Default values of the settings that templates in config/ and hooks/ read as {{cfg.name}}.\n",
      "README.md": `# ${variables.get("pkg_name")}\n\nWhat this package is, how it is configured, and whom to ask about it.\n`,
    };
    for (const [name, content] of Object.entries(files)) {
      const path = join(root, name);
      report(path, "file", createFile(path, content));
    }
    for (const name of ["config", "hooks"]) {
      const path = join(root, name);
      report(`${path}/`, "directory", createDirectory(path));
    }
    const parent = dirname(resolve(root));
    if (isInGitWorkTree(parent)) {
      const path = join(parent, ".gitignore");
      if (createFile(path, `${IGNORED}\n`)) report(path, "file", true);
      else if (appendLine(path, IGNORED)) {
        changed.push(path);
        ui.status("Using", `existing file: ${path} (1 line appended)`);
      } else report(path, "file", false);
    }
    ui.end(`The plan is in ${join(root, "plan.sh")}; build it with \`hab pkg build\`.`);
    if (json) printJson({ made, changed, kept });
  },
});

/** `node` and `core/scaffolding-node` alike; else the package that is named. */
function scaffoldingOf(text: string): string {
  const language = text.toLowerCase().replace(/^core\/scaffolding-/, "");
  if (LANGUAGES.includes(language)) return `core/scaffolding-${language}`;
  try {
    return formatIdent(plainIdentType(text));
  } catch (cause) {
    // Compat: exit 1, not the 2 of a usage error.
    throw new HabError(packageErrors.invalidIdent, describeError(cause), { cause, exitCode: 1 });
  }
}

function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    throw new HabError(templateErrors.unwritable, `cannot write ${path}`, { cause });
  }
}

/** False if something of that name exists; it is then left alone, a link without a target too. */
function createFile(path: string, content: string): boolean {
  return created(path, () => writeFileSync(path, content, { flag: "wx", mode: 0o644 }));
}

function createDirectory(path: string): boolean {
  return created(path, () => mkdirSync(path));
}

function created(path: string, create: () => void): boolean {
  return writing(path, () => {
    try {
      create();
      return true;
    } catch (error) {
      if (systemErrorCode(error) === "EEXIST") return false;
      throw error;
    }
  });
}

function isInGitWorkTree(directory: string): boolean {
  if (statSync(join(directory, ".git"), { throwIfNoEntry: false })?.isDirectory() === true) return true;
  const parent = dirname(directory);
  return parent !== directory && isInGitWorkTree(parent);
}

/** False if the file has the line already. */
function appendLine(path: string, line: string): boolean {
  return writing(path, () => {
    const text = readFileSync(path, "utf8");
    if (text.split(/\r?\n/).includes(line)) return false;
    appendFileSync(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`);
    return true;
  });
}
