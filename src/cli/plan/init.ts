// `hab plan init`: the files of a new plan (reference/cli.md §10.8). Of software that is there they are a plan that builds it as it is.
// Nothing that exists is overwritten unless that is asked for.
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { buildErrors } from "../../build/index.ts";
import { describeError, HabError, systemErrorCode } from "../../error/index.ts";
import { writeFileWhole } from "../../host/index.ts";
import { formatIdent, packageErrors } from "../../package/index.ts";
import { templateErrors } from "../../template/index.ts";
import { defineCommand, flag, option, optionalArgument, usageProblem } from "../command.ts";
import { plainIdentType } from "../ident-types.ts";
import { originName } from "../values.ts";
import { planText } from "./plan-text.ts";
import { detectProject, draftFor } from "./projects/detect.ts";
import { filesIn } from "./projects/files.ts";
import { type Draft, LANGUAGES, type Language, type PlanFile, type PlanFor } from "./projects/project.ts";
import { planFiles } from "./projects/write.ts";

const SCAFFOLDINGS = ["go", "gradle", "node", "ruby"];
const IGNORED = "results/";

export const command = defineCommand({
  summary: "Make the files of a new plan",
  description:
    "Makes a directory with plan.sh, default.toml, README.md, config/ and hooks/: the directory `habitat`, or one with the " +
    "name given. Environment variables whose names start with pkg_ become values of the plan. What exists is kept.\n\n" +
    "Where there is software (package.json, go.mod, requirements.txt, Gemfile, pom.xml, Makefile, … or sources; in the present " +
    "directory, or in the one with the name given), the plan builds and runs it as it is. A scaffolding, as in Habitat, leaves " +
    "that to a package of your depot.",
  examples: [
    { command: "hab plan init --origin acme", explains: "./habitat, for the software in this directory" },
    { command: "hab plan init --language python", explains: "where there is software in several languages" },
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
      conflictsWith: ["language"],
    }),
    language: option({
      long: "language",
      value: "LANGUAGE",
      help: `What the software is written in, where its files do not tell: ${LANGUAGES.join(", ")} (with make)`,
      type: language,
    }),
    overwrite: flag({ long: "overwrite", help: "Write files anew that exist" }),
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

    const plan = { name: variables.get("pkg_name") ?? "unnamed", origin };
    const draft =
      scaffolding !== undefined || options.min
        ? undefined
        : draftOf(args.name ?? ".", plan, options.language);
    const made: string[] = [];
    const changed: string[] = [];
    const kept: string[] = [];
    const report = (path: string, what: "file" | "directory", isNew: boolean) => {
      (isNew ? made : kept).push(path);
      ui.status(isNew ? "Creating" : "Using", `${isNew ? "" : "existing "}${what}: ${path}`);
    };
    const write = ({ path: name, text, executable }: PlanFile) => {
      const path = join(root, name);
      const mode = executable ? 0o755 : 0o644;
      if (createFile(path, text, mode)) report(path, "file", true);
      else if (options.overwrite) {
        writing(path, () => writeFileWhole(path, text, { mode }));
        changed.push(path);
        ui.status("Creating", `file: ${path} (in the place of another)`);
      } else report(path, "file", false);
    };
    ui.begin(`Making a plan in ${root}${draft === undefined ? "" : ` for ${draft.found}`}`);
    writing(root, () => mkdirSync(root, { recursive: true }));
    const files =
      draft === undefined
        ? emptyPlan(variables, options.min)
        : planFiles(withVariables(draft, variables), plan);
    const isBeside = ({ path }: PlanFile) => path.includes("/");
    for (const file of files.filter((each) => !isBeside(each))) write(file);
    for (const name of ["config", "hooks"]) {
      const path = join(root, name);
      report(`${path}/`, "directory", createDirectory(path));
    }
    for (const file of files.filter(isBeside)) write(file);
    const parent = dirname(resolve(root));
    if (isInGitWorkTree(parent)) {
      const path = join(parent, ".gitignore");
      if (createFile(path, `${IGNORED}\n`)) report(path, "file", true);
      else if (appendLine(path, IGNORED)) {
        changed.push(path);
        ui.status("Using", `existing file: ${path} (1 line appended)`);
      } else report(path, "file", false);
    }
    ui.end(`The plan is in ${join(root, "plan.sh")}; build it with \`hab pkg build ${args.name ?? "."}\`.`);
    if (json) printJson({ made, changed, kept });
  },
});

/** A plan for the software in a directory; undefined where none is found. Throws HAB-BLD-104 where another language was named. */
function draftOf(directory: string, plan: PlanFor, wanted: Language | undefined): Draft | undefined {
  const files = filesIn(directory);
  if (wanted === undefined) return detectProject(files, plan);
  const draft = draftFor(wanted, files, plan);
  if (draft === undefined)
    throw new HabError(
      buildErrors.noSuchProject,
      `there is nothing for a plan in ${wanted} in ${resolve(directory)}`,
    );
  return draft;
}

/** What the environment says counts before what the files say. */
function withVariables(draft: Draft, variables: ReadonlyMap<string, string>): Draft {
  return {
    ...draft,
    version: variables.get("pkg_version") ?? draft.version,
    description: variables.get("pkg_description") ?? draft.description,
    license: variables.get("pkg_license") ?? draft.license,
  };
}

/** A plan to be filled in. */
function emptyPlan(variables: ReadonlyMap<string, string>, minimal: boolean): PlanFile[] {
  return [
    { path: "plan.sh", text: planText({ variables, minimal }) },
    {
      path: "default.toml",
      text: "# Default values of the settings that templates in config/ and hooks/ read as {{cfg.name}}.\n",
    },
    {
      path: "README.md",
      text: `# ${variables.get("pkg_name")}\n\nWhat this package is, how it is configured, and whom to ask about it.\n`,
    },
  ];
}

function language(text: string): Language {
  const found = LANGUAGES.find((each) => each === text);
  if (found === undefined) throw usageProblem(`'${text}' is none of ${LANGUAGES.join(", ")}`);
  return found;
}

/** `node` and `core/scaffolding-node` alike; else the package that is named. */
function scaffoldingOf(text: string): string {
  const language = text.toLowerCase().replace(/^core\/scaffolding-/, "");
  if (SCAFFOLDINGS.includes(language)) return `core/scaffolding-${language}`;
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
function createFile(path: string, content: string, mode = 0o644): boolean {
  return created(path, () => writeFileSync(path, content, { flag: "wx", mode }));
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
