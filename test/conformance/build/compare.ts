// Holds an observation against what the original did. Answers one line for each difference.
import { withoutAdditions } from "./additions.ts";
import type { Expectation } from "./cases.ts";
import type { Observation } from "./observe.ts";

/** Files whose lines stand in bash's hash order in the original: they are sets of lines. */
const MAP_FILES = new Set([
  "EXPORTS",
  "BINDS",
  "BINDS_OPTIONAL",
  "RUNTIME_ENVIRONMENT",
  "RUNTIME_ENVIRONMENT_PROVENANCE",
  "BUILDTIME_ENVIRONMENT",
  "BUILDTIME_ENVIRONMENT_PROVENANCE",
]);

export interface Difference {
  readonly field: string;
  readonly text: string;
}

export function compare(expected: Expectation, observation: Observation): Difference[] {
  const { rest: seen, missing } = withoutAdditions(observation);
  const differences: Difference[] = missing.map((text) => ({ field: "additions", text }));
  const check = (field: string, wanted: unknown, got: unknown) => {
    if (wanted === undefined) return;
    const [a, b] = [JSON.stringify(wanted), JSON.stringify(got ?? null)];
    if (a !== b)
      differences.push({ field, text: `${field}: expected ${a}\n${" ".repeat(field.length)}  but was ${b}` });
  };
  check("exit", expected.exit, seen.exit);
  compareMessages(expected, seen, check);
  check("warnings", expected.warnings && [...expected.warnings].sort(), [...seen.warnings].sort());
  check("trace", expected.trace?.map(sortedMap), seen.trace.map(sortedMap));
  check("requests", expected.requests, seen.requests);
  check("prefix", expected.prefix, seen.prefix);
  check("results", expected.results && [...expected.results].sort(), seen.results);
  check("last_build.env", expected["last_build.env"], seen["last_build.env"]);
  check("pre_build.env", expected["pre_build.env"], seen["pre_build.env"]);
  check("cache_src", expected.cache_src && [...expected.cache_src].sort(), seen.cache_src);
  check(
    "cache_artifacts",
    expected.cache_artifacts && [...expected.cache_artifacts].sort(),
    seen.cache_artifacts,
  );
  compareTree(expected, seen, check);
  compareMetadata(expected, seen, check);
  if (expected.files !== undefined) {
    check(
      "files",
      expected.files.header,
      seen.filesHeader?.map((line, index) => (index === 3 ? "<signature>" : line)),
    );
    check("files", expected.files.body.map(fileLine), seen.filesBody?.map(fileLine));
    const digests = new Map(seen.filesBody?.map((line) => [line.slice(66), line.slice(0, 64)]));
    for (const line of expected.files.body) {
      const [digest, path = ""] = line.split("  ");
      if (/^[0-9a-f]{64}$/.test(digest ?? "") && !MAP_FILES.has(path.split("/").at(-1) ?? ""))
        check("files", `${digest}  ${path}`, `${digests.get(path)}  ${path}`);
    }
  }
  if (expected.hart !== undefined) {
    const wanted = { ...expected.hart };
    for (const field of ["file", "header", "payload_magic", "xz_check", "tar_first_member", "tar_members"])
      check("hart", wanted[field], seen.hart?.[field]);
    check("hart", ["0/0"], seen.hart?.["owners"]);
  }
  return differences;
}

/** Where only the messages a case is about are recorded, they must come in that order among all others. */
function compareMessages(expected: Expectation, seen: Observation, check: Check): void {
  if (expected.messages === undefined) return;
  const wanted = program(expected.messages);
  const got = program(seen.messages);
  if (wanted[0]?.includes("Loading ")) {
    check("messages", wanted, got);
    return;
  }
  let position = 0;
  check(
    "messages",
    wanted,
    wanted.map((line) => {
      const found = got.indexOf(line, position);
      if (found >= 0) position = found + 1;
      return found >= 0 ? line : null;
    }),
  );
}

/** Messages without what only a run of the original from source prints. */
function program(messages: readonly string[]): string[] {
  return messages.filter((line) => !/Setting pkg_target=|DEBUG: Setting _\w+_cmd=/.test(line));
}

/** `declare -A` lines with their entries in order. */
function sortedMap(line: string): string {
  const map = line.match(/^(.*-A\w* \w+=\()(.*) \)$/s);
  if (map === null) return line;
  const entries = (map[2] ?? "").split(/ (?=\[)/).sort();
  return `${map[1]}${entries.join(" ")} )`;
}

const fileLine = (line: string) => line.replace(/^\S+ {2}/, "");

type Check = (field: string, wanted: unknown, got: unknown) => void;

function compareTree(expected: Expectation, seen: Observation, check: Check): void {
  if (expected.tree === undefined) return;
  const wanted = expected.tree.map((line) =>
    line.replace(/^(f .*) (?:sha256n?:[0-9a-f]+|signed|machine-dependent)$/, "$1"),
  );
  check("tree", wanted.sort(), seen.tree.map(({ line }) => line).sort());
  for (const line of expected.tree) {
    const [, entry, how, digest] = line.match(/^(f .*) sha256(n?):([0-9a-f]+)$/) ?? [];
    const found = seen.tree.find((each) => each.line === entry);
    const name = entry?.split(" ").slice(2).join(" ") ?? "";
    if (found === undefined || MAP_FILES.has(name)) continue;
    check("tree", `${entry} ${digest}`, `${entry} ${how === "n" ? found.normalized : found.digest}`);
  }
}

function compareMetadata(expected: Expectation, seen: Observation, check: Check): void {
  for (const [name, text] of Object.entries(expected.metadata ?? {})) {
    const lines = (content: string | undefined) =>
      MAP_FILES.has(name) ? content?.split("\n").sort().join("\n") : content?.replaceAll("\r\n", "\n");
    check(`metadata ${name}`, lines(text), lines(seen.metadata[name]));
  }
}
