// Whether the words of a command line are those of a build that bash can be started for before the command line itself is
// loaded (docs/decisions/0043-build-speed.md). They are looked at only as far as they must: what was begun for nothing ends unused.
import type { Environment } from "./grammar/parse.ts";

/** Words of `hab pkg build` with which bash is started as the command will want it. */
const OF_PLAIN_BUILDS: ReadonlySet<string> = new Set(["--no-studio", "--lock", "--locked", "--release"]);

/**
 * Whether `words`, those after the program's name, ask for a build in the present root, of a plan that is named, with nothing
 * that changes where it runs or prints.
 */
export function isPlainBuild(words: readonly string[], env: Environment): boolean {
  if (words[0] !== "pkg" || words[1] !== "build") return false;
  const options = words.filter((word) => word.startsWith("-"));
  return (
    (options.includes("--no-studio") || Boolean(env["STUDIO_TYPE"])) &&
    options.length < words.length - 2 &&
    options.every((word) => OF_PLAIN_BUILDS.has(word))
  );
}
