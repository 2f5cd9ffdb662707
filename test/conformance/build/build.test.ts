// The build program against what the original did with 173 plans (vectors/README.md). Every case runs for real, in a
// private root of its own /hab; what differs on purpose, or is not run, stands in departures.ts with its reason.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { caseNames, readCase, readExpectations } from "./cases.ts";
import { compare, type Difference } from "./compare.ts";
import { DEPARTURES, departure, skipped } from "./departures.ts";
import type { Observation } from "./observe.ts";

const PROJECT = resolve(import.meta.dir, "../../..");
const PRIVATE_ROOT = join(PROJECT, "script/private-root");
/** Two roots side by side: a build is mostly one process that waits for another. */
const ROOTS = 2;
const TIME_LIMIT_MS = 300_000;

const directory = mkdtempSync(join(tmpdir(), "hab-build-vectors-"));
const seen = new Map<string, Observation>();
const possible = spawnSync(PRIVATE_ROOT, ["start", join(directory, "try")], { encoding: "utf8" });

async function runCases(index: number, names: readonly string[]): Promise<Observation[]> {
  const root = join(directory, `root${index}`);
  const output = join(directory, `output${index}.json`);
  const scratch = join(directory, `scratch${index}`);
  const started = spawnSync(PRIVATE_ROOT, ["start", root], { encoding: "utf8" });
  if (started.status !== 0) throw new Error(started.stderr);
  const runner = [
    join(PROJECT, "script/bun"),
    join(import.meta.dir, "run-cases.ts"),
    scratch,
    output,
    ...names,
  ];
  const running = Bun.spawn([PRIVATE_ROOT, "enter", root, ...runner], { stdout: "inherit", stderr: "pipe" });
  const complaints = await new Response(running.stderr).text();
  if ((await running.exited) !== 0) throw new Error(`the cases were not run: ${complaints}`);
  return JSON.parse(readFileSync(output, "utf8")) as Observation[];
}

describe.skipIf(possible.status !== 0)("build vectors of the original", () => {
  beforeAll(async () => {
    const names = caseNames();
    const shares = Array.from({ length: ROOTS }, (_, share) => names.filter((_, at) => at % ROOTS === share));
    const runs = await Promise.all(shares.map((share, index) => runCases(index, share)));
    for (const run of runs.flat()) seen.set(`${run.case}/${run.name}`, run);
  }, TIME_LIMIT_MS);

  afterAll(() => {
    for (const name of ["try", ...Array.from({ length: ROOTS }, (_, index) => `root${index}`)])
      endRoot(join(directory, name));
    rmSync(directory, { recursive: true, force: true });
  });

  const noted = new Set<string>();

  for (const name of caseNames()) {
    const { title, runs } = readCase(name);
    test(`${name}: ${title}`, () => {
      const expectations = readExpectations(name);
      const differences: string[] = [];
      for (const [index, run] of runs.entries()) {
        if (skipped(name, run.name) !== undefined) continue;
        const observation = seen.get(`${name}/${run.name}`);
        const expectation = expectations[index];
        if (observation === undefined || expectation === undefined)
          throw new Error(`${run.name} was not run`);
        for (const difference of compare(expectation, observation)) {
          if (departure(name, run.name, difference.field) === undefined)
            differences.push(describeDifference(run.name, difference, observation));
          else for (const key of [name, `${name}/${run.name}`]) noted.add(`${key} ${difference.field}`);
        }
      }
      expect(differences.join("\n")).toBe("");
    });
  }

  test("every departure that is listed is one", () => {
    const idle = Object.keys(DEPARTURES).filter(
      (key) => !Object.keys(DEPARTURES[key] ?? {}).some((field) => noted.has(`${key} ${field}`)),
    );
    expect(idle).toEqual([]);
  });
});

/** Ends a private root by its first process, with which everything in it ends. */
function endRoot(root: string): void {
  const pid = existsSync(join(root, "pid")) ? Number(readFileSync(join(root, "pid"), "utf8")) : 0;
  if (pid > 1) process.kill(pid, "SIGKILL");
}

function describeDifference(run: string, { text }: Difference, { stderr }: Observation): string {
  return `${run}: ${text}\n${stderr.slice(0, 400)}`;
}
