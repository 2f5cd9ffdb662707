// Builds the packages of a rebuild side by side: each as soon as what it needs is there, at most so many at once. Each is a
// `hab pkg build` of its own, in a session of its own, with its output in a log.
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describeError, systemErrorCode } from "../../error/index.ts";
import {
  inheritedEnvironment,
  LineSplitter,
  openPipe,
  ownCommand,
  readPipe,
  type StartedProcess,
  startProcess,
  steadyNow,
  temporaryPathFor,
  terminateGroup,
} from "../../host/index.ts";
import { findInstalled, formatIdent, parseIdent, readMetafilesOf } from "../../package/index.ts";
import { LOG_VARIABLE } from "../log.ts";
import { freshRelease } from "../records/release.ts";
import { type Built, type BuiltPackages, rebuildDirectory, writeBuilt } from "./built.ts";
import { planContext } from "./find.ts";
import type { PlanNode } from "./graph.ts";
import { dependenciesOf, type RebuildPlan } from "./rebuild.ts";
import { scratchHome, studioVariables } from "./studio-builds.ts";

export type BuildEvent =
  | { readonly kind: "started"; readonly key: string }
  | { readonly kind: "output"; readonly key: string; readonly lines: readonly string[] }
  | { readonly kind: "built"; readonly key: string; readonly ident: string; readonly seconds: number }
  | {
      readonly kind: "failed";
      readonly key: string;
      readonly log: string;
      readonly seconds: number;
      readonly why: string;
    }
  /** Something it needs could not be built, or the run was ended. */
  | { readonly kind: "skipped"; readonly key: string; readonly because: string | undefined };

export interface RunOptions {
  readonly output: string;
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly jobs: number;
  /** Start nothing more after the first failure. What runs is finished. */
  readonly failFast: boolean;
  /** Each in a studio of its own; else all in the present root. */
  readonly studio: boolean;
  /** More words for `hab pkg build`. */
  readonly buildWords: readonly string[];
  readonly signal: AbortSignal;
  readonly report: (event: BuildEvent) => void;
}

export type Outcome =
  | { readonly kind: "built"; readonly ident: string; readonly hart: string; readonly seconds: number }
  | { readonly kind: "failed"; readonly log: string; readonly seconds: number }
  | { readonly kind: "skipped"; readonly because: string | undefined };

/** How long what is ended gets before it is killed. */
const END_LIMIT_MS = 5_000;
/** What a background process of a plan holds open is read no longer than this after the build. */
const LEFT_OPEN_MS = 500;

/** Runs the builds and resolves to what became of each, in their order. Rejects only when nothing can be started at all. */
export async function runBuilds(
  plan: RebuildPlan,
  options: RunOptions,
): Promise<ReadonlyMap<string, Outcome>> {
  mkdirSync(join(rebuildDirectory(options.output), "logs"), { recursive: true });
  const scratch = mkdtempSync(join(scratchHome(options), ".rebuild-"));
  const outcomes = new Map<string, Outcome>();
  const running = new Map<string, Promise<void>>();
  const waiting = plan.steps.map(({ node }) => node);
  const inRun = new Set(waiting.map(({ key }) => key));
  const settle = (key: string, outcome: Outcome) => {
    outcomes.set(key, outcome);
    running.delete(key);
  };
  const skip = (node: PlanNode, because: string | undefined) => {
    options.report({ kind: "skipped", key: node.key, because });
    settle(node.key, { kind: "skipped", because });
  };
  try {
    for (;;) {
      const isEnded =
        options.signal.aborted ||
        (options.failFast && [...outcomes.values()].some(({ kind }) => kind === "failed"));
      for (const node of waiting.splice(0)) {
        const needed = node.needs.filter(({ key }) => inRun.has(key));
        const missing = needed.find(({ key }) => outcomes.has(key) && outcomes.get(key)?.kind !== "built");
        if (missing !== undefined) skip(node, missing.key);
        else if (isEnded) skip(node, undefined);
        else if (
          running.size < options.jobs &&
          needed.every(({ key }) => outcomes.get(key)?.kind === "built")
        )
          running.set(
            node.key,
            buildOne(node, plan, scratch, options).then((outcome) => settle(node.key, outcome)),
          );
        else waiting.push(node);
      }
      if (running.size === 0) break;
      await Promise.race(running.values());
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return new Map(
    plan.steps.map(({ node: { key } }) => [
      key,
      outcomes.get(key) ?? { kind: "skipped", because: undefined },
    ]),
  );
}

async function buildOne(
  node: PlanNode,
  plan: RebuildPlan,
  scratch: string,
  options: RunOptions,
): Promise<Outcome> {
  const { key } = node;
  const start = steadyNow();
  const seconds = () => Math.round((steadyNow() - start) / 1000);
  const log = join(rebuildDirectory(options.output), "logs", `${key.replace("/", "-")}.log`);
  const place = join(scratch, key.replace("/", "-"));
  options.report({ kind: "started", key });
  const fail = (why: string): Outcome => {
    options.report({ kind: "failed", key, log, seconds: seconds(), why });
    return { kind: "failed", log, seconds: seconds() };
  };
  try {
    const status = await runBuild(node, plan, log, place, options);
    if (options.signal.aborted) return fail("it was ended");
    if (status !== 0) return fail(`exit status ${status}`);
    const made = await deliver(node, plan, place, options);
    note(plan.built, key, made, options.output);
    options.report({ kind: "built", key, ident: made.ident, seconds: seconds() });
    return { kind: "built", ident: made.ident, hart: made.hart, seconds: seconds() };
  } catch (error) {
    return fail(describeError(error));
  }
}

function note(built: BuiltPackages, key: string, made: Built, output: string): void {
  built.set(key, made);
  writeBuilt(output, built);
}

/** Runs `hab pkg build` with its output into the log and to who asked, and resolves to its exit status. */
async function runBuild(
  node: PlanNode,
  plan: RebuildPlan,
  log: string,
  place: string,
  options: RunOptions,
): Promise<number> {
  mkdirSync(place, { recursive: true });
  const file = openSync(log, "w", 0o644);
  // One pipe for both, so that their lines keep their order.
  const [readEnd, writeEnd] = openPipe();
  const stopReading = new AbortController();
  let reading: Promise<void> = Promise.resolve();
  try {
    const build = await startProcess({
      command: ownCommand(["pkg", "build", ...options.buildWords, planContext(node.plan.path)]),
      env: {
        // Nobody looks at it while it runs.
        HAB_NOCOLORING: "true",
        HAB_NONINTERACTIVE: "true",
        ...inheritedEnvironment(options.environment),
        ...laterRelease(plan.built.get(node.key), options.environment),
        ...(options.studio
          ? studioVariables({ node, plan, place, log, options })
          : { HAB_OUTPUT_PATH: place, [LOG_VARIABLE]: log }),
      },
      stdout: writeEnd,
      stderr: writeEnd,
      name: `the build of ${node.key}`,
    });
    reading = copyOutput(readEnd, file, stopReading.signal, (lines) =>
      options.report({ kind: "output", key: node.key, lines }),
    );
    closeSync(writeEnd);
    return await untilEnd(build, options.signal);
  } finally {
    const patience = setTimeout(() => stopReading.abort(), LEFT_OPEN_MS);
    await reading;
    clearTimeout(patience);
    closeSync(file);
  }
}

/** A release of its own for a package that was built within this second. */
function laterRelease(
  last: Built | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  if (last === undefined || environment["HAB_PKG_RELEASE"]) return {};
  return { HAB_PKG_RELEASE: freshRelease(new Date(), last.ident.split("/")[3]) };
}

async function copyOutput(
  from: number,
  log: number,
  signal: AbortSignal,
  report: (lines: readonly string[]) => void,
): Promise<void> {
  const splitter = new LineSplitter();
  for await (const bytes of readPipe(from, signal)) {
    writeSync(log, bytes);
    const lines = splitter.push(bytes);
    if (lines.length > 0) report(lines);
  }
  const rest = splitter.end();
  if (rest.length > 0) report(rest);
}

/** Waits for the end; when the run is ended, everything in the session of the build ends, too. */
async function untilEnd({ pid, startTime, exited }: StartedProcess, signal: AbortSignal): Promise<number> {
  let ending: Promise<unknown> = Promise.resolve();
  const end = () => {
    ending = terminateGroup(pid, { signal: "TERM", timeoutMs: END_LIMIT_MS, startTime });
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  const { code } = await exited;
  signal.removeEventListener("abort", end);
  await ending;
  return code ?? 1;
}

/** Moves what was built to the results, and reads what it was built with. */
async function deliver(
  node: PlanNode,
  plan: RebuildPlan,
  place: string,
  options: RunOptions,
): Promise<Built> {
  const report = reportOf(place);
  const ident = report.get("pkg_ident") ?? "";
  const hart = report.get("pkg_artifact") ?? "";
  if (ident === "" || hart === "" || hart.includes("/"))
    throw new Error(`the build left no report in ${place}`);
  // The hart, its report, and what else a build writes beside them: signed provenance.
  for (const entry of readdirSync(place, { withFileTypes: true }))
    if (entry.isFile()) moveFile(join(place, entry.name), join(options.output, entry.name));
  return {
    ident,
    hart,
    inputs: plan.inputs.get(node.key) ?? {},
    dependencies: await dependenciesOfBuild(ident, join(options.output, hart), options.root),
  };
}

/** Over the border of file systems, too: whole or not at all. */
function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemErrorCode(error) !== "EXDEV") throw error;
    const temporary = temporaryPathFor(to);
    copyFileSync(from, temporary);
    renameSync(temporary, to);
  }
}

/** What last_build.env says. */
function reportOf(place: string): Map<string, string> {
  const lines = readFileSync(join(place, "last_build.env"), "utf8").split("\n");
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** A build in a studio leaves the hart alone; others have installed what they built. */
async function dependenciesOfBuild(
  ident: string,
  hart: string,
  root: string,
): Promise<Record<string, string>> {
  const installed = findInstalled(parseIdent(ident), { root });
  if (installed !== undefined) return dependenciesOf(installed);
  const files = await readMetafilesOf(hart);
  const lines = [files.get("BUILD_DEPS"), files.get("DEPS")].flatMap((text) => (text ?? "").split("\n"));
  const idents = lines.filter((line) => line !== "").map(parseIdent);
  return Object.fromEntries(idents.map((each) => [`${each.origin}/${each.name}`, formatIdent(each)]));
}
