// `hab pkg why`.
import { HabError } from "../../error/index.ts";
import {
  allPaths,
  DependencyGraph,
  type FoundPaths,
  type FullIdent,
  formatIdent,
  loadInstalled,
  type PackageIdent,
  packageErrors,
  shortestPath,
} from "../../package/index.ts";
import { argument, defineCommand, flag } from "../command.ts";
import { identType } from "../ident-types.ts";

/** More than anybody reads. */
const MOST_PATHS = 1000;

export const command = defineCommand({
  summary: "Show why an installed package needs another",
  description:
    "Follows the run-time dependencies that installed packages declare. Exit code 1 when it is not needed.",
  examples: [
    { command: "hab pkg why core/redis core/glibc", explains: "the shortest way from one to the other" },
    { command: "hab pkg why --all core/redis core/glibc", explains: "every way, shortest first" },
  ],
  args: {
    ident: argument({
      value: "PKG_IDENT",
      help: "An installed package (core/redis); of several releases the newest",
      completes: "installed-package",
      type: identType,
    }),
    needed: argument({
      value: "NEEDED_IDENT",
      help: "What it may need (core/glibc); any release of it",
      completes: "installed-package",
      type: identType,
    }),
  },
  options: {
    all: flag({ long: "all", help: `Every way, not only the shortest; at most ${MOST_PATHS}` }),
  },
  helpIfBare: true,
  json: true,
  run({ args, options, ui, stdout, json, printJson }) {
    const { ident } = loadInstalled(args.ident);
    const { paths, isCut } = search(ident, args.needed, options.all);
    if (paths.length === 0) throw notNeeded(ident, args.needed);
    const texts = paths.map((path) => path.map(formatIdent));
    if (json) printJson({ from: formatIdent(ident), to: formatIdent(args.needed), paths: texts, cut: isCut });
    else stdout.write(texts.map((path) => `${path.join(" → ")}\n`).join(""));
    if (isCut) ui.warn(`There are more ways than the ${paths.length} shown.`);
    return 0;
  },
});

function search(from: FullIdent, to: PackageIdent, all: boolean): FoundPaths {
  const graph = DependencyGraph.ofInstalled();
  if (all) return allPaths(graph, from, to, MOST_PATHS);
  const path = shortestPath(graph, from, to);
  return { paths: path === undefined ? [] : [path], isCut: false };
}

function notNeeded(from: FullIdent, to: PackageIdent): HabError {
  return new HabError(packageErrors.notNeeded, `${formatIdent(from)} does not need ${formatIdent(to)}`, {
    next: `See what it needs: hab pkg dependencies --transitive ${formatIdent(from)}`,
  });
}
