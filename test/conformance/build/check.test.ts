// `hab plan check` against what the original did with the same plans (vectors/README.md).
import { beforeAll, expect, test } from "bun:test";
import { join, relative } from "node:path";
import { loadPlans } from "../../../src/build/index.ts";
import { caseNames, readExpectations, VECTORS } from "./cases.ts";

/** Built by the original, and wrong all the same. */
const WRONG_ALL_THE_SAME: Readonly<Record<string, string>> = {
  "default-toml-broken bad-default-toml": "a Supervisor cannot read what the build only copies",
};

/** Refused for what only a build can tell: the state of the machine, what a function does, the environment of the run. */
const ONLY_A_BUILD_TELLS = [
  ["after-failure", "after-failure-broken", "after-failure-early", "no-functions", "source-wrong-name"],
  ["config-dangling-link", "config-excluded-directory", "contents-newline-name", "install-elsewhere"],
  ["deps-conflict", "deps-conflict-deep", "deps-conflict-direct", "deps-unknown", "deps-unknown-build"],
  ["deps-malformed", "fix-interpreter-ambiguous", "fix-interpreter-env", "helpers-messages"],
  ["load-exit", "load-unknown-command-last", "scaffolding-faults"],
  ["origin-missing", "origin-no-key", "origin-prefix-key"],
  ["plan-in-none", "version-function-fails", "version-too-late"],
].flat();

const found = new Map<string, string[]>();

beforeAll(async () => {
  const { checkPlans, findPlans } = await loadPlans();
  const cases = join(VECTORS, "cases");
  const options = { target: "x86_64-linux", origin: undefined, environment: process.env };
  const { findings } = await checkPlans(findPlans([cases]), options);
  for (const { severity, rule, place } of findings) {
    if (severity === "hint") continue;
    const name = relative(cases, place.file).split("/")[0] ?? "";
    found.set(name, [...(found.get(name) ?? []), severity === "error" ? `error ${rule}` : rule]);
  }
});

const errorsOf = (name: string) =>
  (found.get(name) ?? []).flatMap((each) => (each.startsWith("error ") ? [`${name} ${each.slice(6)}`] : []));

test("what the original builds in every run has no error", () => {
  const built = caseNames().filter((name) => readExpectations(name).every(({ exit }) => exit === 0));
  expect(built.flatMap(errorsOf)).toEqual(Object.keys(WRONG_ALL_THE_SAME));
});

test("what the original refuses for its text has a finding", () => {
  const refused = caseNames().filter((name) => readExpectations(name).every(({ exit }) => exit !== 0));
  expect(refused.filter((name) => !found.has(name)).sort()).toEqual([...ONLY_A_BUILD_TELLS].sort());
});
