// What every build of hab leaves in addition to what the original leaves: exactly this, everywhere, and nothing else
// (docs/decisions/0029-build-records.md). It is checked to be there and taken out, so that the rest can be compared.
import type { Observation } from "./observe.ts";

/** Metadata files at the top of a package, signed in FILES. */
export const ADDED_FILES = ["PROVENANCE.json", "SBOM.spdx.json"];

/** What follows the name of a hart for a file beside it in the results. */
export const ADDED_BESIDE_HART = ".intoto.jsonl";

/** Variables that plans see. */
export const ADDED_VARIABLES = ["PERL_HASH_SEED", "PYTHONHASHSEED", "SOURCE_DATE_EPOCH", "TZ"];

/** The observation without the additions, and which of them are not where they should be. */
export function withoutAdditions(seen: Observation): {
  readonly rest: Observation;
  readonly missing: string[];
} {
  const missing: string[] = [];
  const take = (what: string, items: readonly string[], wanted: readonly string[]): string[] => {
    for (const each of wanted) if (!items.includes(each)) missing.push(`${what} has no ${each}`);
    return items.filter((item) => !wanted.includes(item));
  };
  const rest = { ...seen };
  const harts = seen.results.filter((name) => name.endsWith(".hart"));
  rest.results = take(
    "the results",
    seen.results,
    harts.map((name) => `${name}${ADDED_BESIDE_HART}`),
  );
  rest.trace = seen.trace.map((line) => {
    const [, variables] = /^ {2}exported: (.*)$/.exec(line) ?? [];
    if (variables !== undefined)
      return `  exported: ${take("a phase", variables.split(" "), ADDED_VARIABLES).join(" ")}`;
    // A listing of the results.
    const words = line.split(" ");
    const listed = words
      .filter((word) => word.endsWith(".hart"))
      .map((hart) => `${hart}${ADDED_BESIDE_HART}`);
    return words.filter((word) => !listed.includes(word)).join(" ");
  });
  // A build that failed before the list of files has no records either.
  if (seen.filesBody === undefined) return { rest, missing };
  const lines = seen.tree.map(({ line }) => line);
  const kept = take(
    "the package",
    lines,
    ADDED_FILES.map((name) => `f 0644 ${name}`),
  );
  rest.tree = seen.tree.filter(({ line }) => kept.includes(line));
  const [prefix = ""] = seen.prefix;
  const paths = seen.filesBody.map((line) => line.slice(66));
  const listed = take(
    "FILES",
    paths,
    ADDED_FILES.map((name) => `${prefix}/${name}`),
  );
  rest.filesBody = seen.filesBody.filter((line) => listed.includes(line.slice(66)));
  const members = seen.hart?.["tar_members"];
  if (typeof members === "number") rest.hart = { ...seen.hart, tar_members: members - ADDED_FILES.length };
  return { rest, missing };
}
