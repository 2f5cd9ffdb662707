// What changed in a git work tree since a commit: in commits after it, in the index, in files, and new files.
import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";
import { type Inputs, inputDirectory } from "./inputs.ts";
import type { ReadPlan } from "./read-plan.ts";

/** Settings of a repository that would have git start programs of its choosing. */
const HARMLESS = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks"];

export interface GitChanges {
  /** The commit it is compared with. */
  readonly base: string;
  /** Absolute paths. */
  readonly paths: readonly string[];
}

/**
 * The changes below `directory`'s work tree since `base`; without one since the branch left its upstream, and without an
 * upstream since the last commit. Throws HAB-BLD-065.
 */
export function gitChanges(
  directory: string,
  base: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): GitChanges {
  const git = (...words: readonly string[]) => runGit(directory, words, environment);
  const top = required(git("rev-parse", "--show-toplevel"), `${directory} is in no git work tree`).trim();
  const commit = baseCommit(git, base);
  const changed = required(
    git("diff", "--name-only", "--no-ext-diff", "--no-textconv", "-z", commit, "--"),
    `git cannot compare with ${commit}`,
  );
  const added = required(
    git("-C", top, "ls-files", "--others", "--exclude-standard", "-z"),
    "git cannot list new files",
  );
  const names = [...changed.split("\0"), ...added.split("\0")].filter((name) => name !== "");
  return { base: commit, paths: [...new Set(names)].map((name) => join(top, name)) };
}

type Git = (...words: readonly string[]) => string | undefined;

function baseCommit(git: Git, base: string | undefined): string {
  if (base !== undefined)
    // `--end-of-options`: a name is never an option.
    return required(
      git("rev-parse", "--verify", "--quiet", "--end-of-options", `${base}^{commit}`),
      `git knows no commit ${base}`,
    ).trim();
  const upstream = git("merge-base", "HEAD", "@{upstream}");
  return (
    upstream ?? required(git("rev-parse", "--verify", "--quiet", "HEAD"), "there is no commit yet")
  ).trim();
}

function required(output: string | undefined, problem: string): string {
  if (output === undefined) throw new HabError(buildErrors.noGit, problem);
  return output;
}

/** Standard output, or undefined when git fails or is not there. */
function runGit(
  directory: string,
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const env = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const program = Bun.which("git", { PATH: env["PATH"] ?? "/usr/bin:/bin" });
  if (program === null) return undefined;
  const { exitCode, stdout } = Bun.spawnSync([program, ...HARMLESS, "-C", directory, ...words], {
    env: { ...env, LC_ALL: "C" },
    stdin: "ignore",
    stderr: "ignore",
  });
  return exitCode === 0 ? stdout.toString() : undefined;
}

/** Those of the paths that are a file of the plan, or were one, relative to the plan. */
export function changesOf(plan: ReadPlan, inputs: Inputs, paths: readonly string[]): string[] {
  const home = inputDirectory(plan);
  const folders = new Set(Object.keys(inputs).map((name) => dirname(join(plan.directory, name))));
  // A file that is there no more is in no list of inputs: it counts where others of the plan stand, or stood.
  const isRemoved = (path: string) =>
    path.startsWith(`${home}/`) &&
    (folders.has(dirname(path)) ||
      /^(?:config|config_install|hooks)\//.test(relative(plan.directory, path))) &&
    !existsSync(path);
  return paths
    .filter((path) => Object.hasOwn(inputs, relative(plan.directory, path)) || isRemoved(path))
    .map((path) => relative(plan.directory, path))
    .sort();
}
