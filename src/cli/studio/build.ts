// `hab pkg build` in a studio (reference/plan-build.md §14.1): its options become those of `hab studio build`.
import { readFileSync, realpathSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { buildErrors, CHECK_PLACE, packageRoots, useStudio } from "../../build/index.ts";
import { KeyCache } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { activeTarget } from "../../package/index.ts";
import type { CommandContext } from "../command.ts";
import type { Environment } from "../grammar/parse.ts";
import { isSet } from "../handed-over.ts";
import { givenForCheck } from "../pkg/build-check.ts";
import { studioReport } from "./report.ts";
import { studioSettings } from "./settings.ts";

export interface BuildWords {
  readonly planContext: string;
  readonly source: string;
  readonly refreshChannel: string;
  readonly keys: readonly string[];
  readonly cacheKeyPath: string;
  readonly root: string | undefined;
  readonly src: string | undefined;
  readonly reuse: boolean;
  readonly docker: boolean;
  readonly noNetwork: boolean;
  readonly release: string | undefined;
  readonly lock: boolean;
  readonly locked: boolean;
  /** A hart, or an installed package, that is to be made again. */
  readonly check: string | undefined;
}

/**
 * Builds and resolves to the exit status. With `--check --json` the build itself prints the document. Throws HAB-BLD-079 and what `useStudio` throws.
 */
export async function buildInStudio(
  words: BuildWords,
  context: Pick<
    CommandContext,
    "env" | "ui" | "configuration" | "signal" | "stdout" | "stderr" | "json" | "readLine" | "words"
  >,
): Promise<number> {
  const { env } = context;
  refuseUnknown(words, env);
  const other = env["HAB_STUDIO_BINARY"];
  if (isSet(other)) {
    const { becomeNamed } = await import("../external-tool.ts");
    return becomeNamed(other, studioWords(words), { ...env, HAB_CACHE_KEY_PATH: words.cacheKeyPath });
  }
  if (words.docker) {
    const { runContainerStudio } = await import("./container.ts");
    return runContainerStudio(containerWords(words), {
      ...context,
      env: {
        ...env,
        HAB_CACHE_KEY_PATH: words.cacheKeyPath,
        SRC_PATH: words.source,
        ...(words.keys.length > 0 && { HAB_ORIGIN_KEYS: words.keys.join(",") }),
      },
    });
  }
  const plan = pathInSource(resolve(words.source, words.planContext), words.source);
  const checked = words.check === undefined ? undefined : givenForCheck(words.check, packageRoots(env));
  const printsItself = context.json && words.check !== undefined;
  const keys = words.keys.length > 0 ? words.keys.join(",") : env["HAB_ORIGIN_KEYS"] || env["HAB_ORIGIN"];
  const settings = await studioSettings({
    ...context,
    json: context.json && !printsItself,
    env: {
      ...env,
      SRC_PATH: words.source,
      HAB_CACHE_KEY_PATH: words.cacheKeyPath,
      HAB_REFRESH_CHANNEL: words.refreshChannel,
      ...(words.root !== undefined && { HAB_STUDIO_ROOT: words.root }),
      ...(words.noNetwork && { HAB_STUDIO_NO_NETWORK: "true" }),
      HAB_ORIGIN_KEYS: keys || ownOrigin(words.source, plan, words.cacheKeyPath),
    },
  });
  return useStudio(
    { ...settings, ...(checked !== undefined && { checked }) },
    { kind: "build", reuse: words.reuse, words: [...insideOptions(words, checked, printsItself), plan] },
    studioReport(context.ui, env),
  );
}

/** The original's studios know nothing of what goes beyond it. Throws HAB-BLD-106. */
function refuseUnknown(words: BuildWords, env: Environment): void {
  const where = isSet(env["HAB_STUDIO_BINARY"])
    ? "the program that HAB_STUDIO_BINARY names"
    : words.docker
      ? "a container studio"
      : undefined;
  if (where === undefined) return;
  const given = [
    words.check !== undefined && "--check",
    words.lock && "--lock",
    words.locked && "--locked",
    words.release !== undefined && "--release",
    words.noNetwork && "--no-network",
  ].find((name) => name !== false);
  if (given !== undefined)
    throw new HabError(buildErrors.notOfThisStudio, `${given} means nothing to ${where}`);
}

/** Options that are the build's own, as it gets them in the studio. */
function insideOptions(
  words: BuildWords,
  checked: { readonly name: string } | undefined,
  printsItself: boolean,
): string[] {
  return [
    ...(words.release === undefined || words.check !== undefined ? [] : ["--release", words.release]),
    ...(words.lock ? ["--lock"] : []),
    ...(words.locked ? ["--locked"] : []),
    ...(checked === undefined ? [] : ["--check", `${CHECK_PLACE}/${checked.name}`]),
    ...(printsItself ? ["--json"] : []),
  ];
}

/** A path as the studio sees it, from /src. Throws HAB-BLD-079. */
function pathInSource(given: string, source: string): string {
  const path = relative(realpathOf(source), realpathOf(resolve(given)));
  if (path === ".." || path.startsWith("../"))
    throw new HabError(buildErrors.planOutsideSource, `${given} is outside of ${source}`);
  return path === "" ? "." : path;
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/**
 * Where nobody names an origin, the one that the plan's text names, if there is a key of it: the plan itself runs in the
 * studio only.
 */
function ownOrigin(source: string, plan: string, keyCache: string): string | undefined {
  const target = activeTarget();
  for (const place of [target, `habitat/${target}`, ".", "habitat"])
    try {
      const text = readFileSync(join(source, plan, place, "plan.sh"), "utf8");
      const origin = /^[ \t]*pkg_origin=(["']?)([a-z0-9][a-z0-9_-]*)\1[ \t]*(?:#.*)?$/m.exec(text)?.[2];
      if (origin === undefined) return undefined;
      return new KeyCache(keyCache).revisions("origin-secret", origin).length > 0 ? origin : undefined;
    } catch {
      // No plan in this place.
    }
  return undefined;
}

/** The words that the original hands to its studio. */
function studioWords(words: BuildWords): string[] {
  return [
    ...(words.root === undefined ? [] : ["-r", words.root]),
    ...(words.src === undefined ? [] : ["-s", words.src]),
    "-f",
    words.refreshChannel,
    ...(words.keys.length === 0 ? [] : ["-k", words.keys.join(",")]),
    "build",
    ...(words.reuse ? ["-R"] : []),
    words.planContext,
    ...(words.docker ? ["-D"] : []),
  ];
}

/** The entry point of the image knows no options before its command. */
function containerWords(words: BuildWords): string[] {
  return ["-f", words.refreshChannel, "build", ...(words.reuse ? ["-R"] : []), words.planContext];
}
