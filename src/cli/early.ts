// What a command needs for certain and takes long to come up, begun while the command itself is loaded and its words are parsed
// (docs/decisions/0043-build-speed.md). It looks at the words only as far as it must: what was begun for nothing ends unused.
import type { Environment } from "./grammar/parse.ts";

/** Words of `hab pkg build` with which what is begun here is what the command will want. */
const OF_PLAIN_BUILDS: ReadonlySet<string> = new Set(["--no-studio", "--lock", "--locked", "--release"]);

/** Begins what the command at `path` with these words will need. Never rejects. */
export async function beginEarly(path: string, words: readonly string[], env: Environment): Promise<void> {
  if (path !== "pkg build" || !isPlainBuild(words, env)) return;
  const { startBuildEarly } = await import("../build/index.ts");
  await startBuildEarly(env);
}

/** A build in the present root, of a plan that is named, with nothing that changes where it runs or prints. */
function isPlainBuild(words: readonly string[], env: Environment): boolean {
  const options = words.filter((word) => word.startsWith("-"));
  return (
    (words.includes("--no-studio") || Boolean(env["STUDIO_TYPE"])) &&
    options.length < words.length &&
    options.every((word) => OF_PLAIN_BUILDS.has(word))
  );
}
