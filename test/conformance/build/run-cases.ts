// Runs build cases inside a private root and writes what they did as JSON.
// Usage: run-cases.ts SCRATCH OUTPUT CASE...   (SCRATCH: an empty directory; /hab must be private)
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { buildPlan, type DependencyInstaller } from "../../../src/build/index.ts";
import { formatIdent, parseFullIdent, type Target } from "../../../src/package/index.ts";
import { type Case, type CaseRun, readCase, type SetupStep, VECTORS } from "./cases.ts";
import { ALL_SETTINGS_RELEASE, skipped } from "./departures.ts";
import {
  listTree,
  listTwoLevels,
  messageLines,
  normalize,
  type Observation,
  type Tokens,
} from "./observe.ts";

const [scratch = "", output = "", ...names] = process.argv.slice(2);
const INITIAL_PATH = "/usr/local/bin:/usr/bin:/bin";
const DEAD_URL = "http://127.0.0.1:9";
const keys = join(scratch, "keys");
const requests: string[] = [];

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    const { pathname, search } = new URL(request.url);
    requests.push(`${request.method} ${pathname}${search}`);
    const file = join(VECTORS, "http", pathname);
    return existsSync(file) ? new Response(Bun.file(file)) : new Response("", { status: 404 });
  },
});
const url = `http://127.0.0.1:${server.port}`;

cpSync(join(VECTORS, "keys"), keys, { recursive: true });
for (const hart of readFileSync(join(VECTORS, "deps/ORDER"), "utf8").split("\n").filter(Boolean)) {
  const unpacked = spawnSync("sh", [
    "-c",
    `tail -n +6 "$1" | tar -C / -xJ`,
    "sh",
    join(VECTORS, "deps/harts", hart),
  ]);
  if (unpacked.status !== 0) throw new Error(`${hart}: ${unpacked.stderr}`);
}
const installed = new Set(releaseDirectories());

function packageNames(): string[] {
  if (!existsSync("/hab/pkgs")) return [];
  return readdirSync("/hab/pkgs").flatMap((origin) =>
    readdirSync(join("/hab/pkgs", origin)).map((name) => `${origin}/${name}`),
  );
}

function releaseDirectories(): string[] {
  return packageNames()
    .flatMap((name) =>
      readdirSync(join("/hab/pkgs", name)).map((version) => join("/hab/pkgs", name, version)),
    )
    .flatMap((path) => readdirSync(path).map((each) => join(path, each)));
}

/** Takes away what the run before left; what is installed is never changed by a run. */
function resetHab(): void {
  for (const path of releaseDirectories())
    if (!installed.has(path)) rmSync(path, { recursive: true, force: true });
  for (const name of readdirSync("/hab"))
    if (name !== "pkgs") rmSync(join("/hab", name), { recursive: true, force: true });
}

function copyPlan(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copyPlan(join(from, entry.name), join(to, entry.name));
    else {
      copyFileSync(join(from, entry.name), join(to, entry.name));
      chmodSync(join(to, entry.name), 0o644);
    }
  }
}

function prepare(step: SetupStep, resolve: (text: string) => string): void {
  const made = step.write ?? step.mkdir ?? step.symlink ?? step.to ?? step.path ?? "";
  const path = resolve(made);
  if (step.path === undefined)
    mkdirSync(step.mkdir === undefined ? dirname(path) : path, { recursive: true });
  if (step.write !== undefined) writeFileSync(path, resolve(step.text ?? ""));
  if (step.symlink !== undefined) symlinkSync(resolve(step.to ?? ""), resolve(step.symlink));
  if (step.copy !== undefined) copyFileSync(resolve(step.copy), resolve(step.to ?? ""));
  if (step.chmod !== undefined) chmodSync(path, Number.parseInt(step.chmod, 8));
}

async function runOne(testCase: Case, run: CaseRun, release: string, first: string): Promise<Observation> {
  const root = join(scratch, testCase.name.replaceAll(".", "-"));
  const plan = join(root, "plan");
  const out = join(root, "out");
  if (!run.keep) {
    rmSync(root, { recursive: true, force: true });
    resetHab();
    copyPlan(join(VECTORS, "cases", testCase.name, "plan"), plan);
    for (const directory of [out, join(root, "home")]) mkdirSync(directory, { recursive: true });
  }
  const habBinary = join(scratch, "bin/hab");
  const tokens: Tokens = (
    [
      [plan, "$PLAN"],
      [out, "$OUT"],
      [keys, "$KEYS"],
      [root, "$ROOT"],
      [join(VECTORS, "http"), "$HTTP"],
      [url, "$VEC_URL"],
      [DEAD_URL, "$DEAD_URL"],
      [INITIAL_PATH, "$INITIAL_PATH"],
      [habBinary, "$HAB_BIN"],
      [release, "$RELEASE"],
      [first === release ? "" : first, "$RELEASE_OF_RUN_1"],
      ["hab-plan-build", "$PROGRAM"],
    ] as [string, string][]
  ).sort((a, b) => b[0].length - a[0].length);
  const resolve = (text: string): string => {
    let result = text.replaceAll("$VEC_PUBLIC_KEY", "vec-20261123072956.pub");
    for (const [value, token] of [...tokens].sort((a, b) => b[1].length - a[1].length))
      result = result.replaceAll(token, value);
    return result;
  };
  for (const step of run.setup ?? []) prepare(step, resolve);
  const trace = join(root, "trace");
  writeFileSync(trace, "");
  requests.length = 0;
  const environment: Record<string, string | undefined> = {
    PATH: INITIAL_PATH,
    HOME: join(root, "home"),
    TERM: "dumb",
    LC_ALL: "POSIX",
    HAB_LICENSE: "accept-no-persist",
    HAB_NOCOLORING: "true",
    HAB_NONINTERACTIVE: "true",
    NO_INSTALL_DEPS: "true",
    HAB_BIN: habBinary,
    HAB_CACHE_KEY_PATH: keys,
    HAB_BLDR_URL: DEAD_URL,
    VEC_LIB: join(VECTORS, "lib"),
    VEC_TRACE: trace,
    VEC_URL: url,
  };
  let target: Target = "x86_64-linux";
  for (const [name, value] of Object.entries(run.env ?? {})) {
    if (name === "BUILD_PKG_TARGET") target = (value ?? target) as Target;
    else environment[name] = value === null ? undefined : resolve(value);
  }
  for (const [name, text] of [
    ["stdin", run.stdin ?? ""],
    ["stdout", ""],
    ["stderr", ""],
  ] as const)
    writeFileSync(join(root, name), text);
  const streams = {
    stdin: openSync(join(root, "stdin"), "r"),
    stdout: openSync(join(root, "stdout"), "a"),
    stderr: openSync(join(root, "stderr"), "a"),
  };
  const before = new Set(releaseDirectories());
  process.umask(Number.parseInt(testCase.caller_umask ?? "022", 8));
  const [context = "."] = run.args ?? [plan];
  const exit = await buildPlan({
    planContext: resolve(context),
    target,
    release,
    version: "0.0.1",
    habBinary: environment["HAB_BIN"] ?? "",
    environment,
    cwd: resolve(run.cwd ?? out),
    streams,
    install: standInInstaller(environment, trace),
  });
  process.umask(0o022);
  for (const stream of Object.values(streams)) closeSync(stream);
  return observe({ testCase, run, exit, root, trace, tokens, before, release, resolve });
}

/** Answers as the stand-in `hab` of the case install-calls, and notes each call as that one would have been called. */
function standInInstaller(
  environment: Readonly<Record<string, string | undefined>>,
  trace: string,
): DependencyInstaller {
  return async ({ ident, channel, ignoreLocal, ignoreInstallHook }) => {
    const words = ["pkg install -u", environment["HAB_BLDR_URL"], "--channel", channel];
    if (ignoreLocal) words.push("--ignore-local");
    words.push(formatIdent(ident));
    if (ignoreInstallHook) words.push("--ignore-install-hook");
    appendFileSync(trace, `install: ${words.join(" ")}\n`);
    if (words.includes(environment["FAIL_CHANNEL"])) throw new Error("no");
    const name = formatIdent(ident);
    if (name === "vec/base") return parseFullIdent(environment["SAY"] ?? "vec/base/2.0/20250101000002");
    return parseFullIdent(`${name}/1.0/${name === "vec/tool" ? "20250101000006" : "20250101000090"}`);
  };
}

interface Finished {
  testCase: Case;
  run: CaseRun;
  exit: number;
  root: string;
  trace: string;
  tokens: Tokens;
  before: ReadonlySet<string>;
  release: string;
  resolve: (text: string) => string;
}

function observe({
  testCase,
  run,
  exit,
  root,

  trace,
  tokens,
  before,
  release,
  resolve,
}: Finished): Observation {
  const text = (path: string) => normalize(readFileSync(path, "utf8"), tokens);
  const optional = (path: string) => (existsSync(path) ? text(path) : undefined);
  const prefixes = releaseDirectories().filter((path) => !before.has(path));
  const [prefix] = prefixes;
  const results = resolve(run.results ?? "$OUT/results");
  const stderr = text(join(root, "stderr"));
  const observation: Observation = {
    case: testCase.name,
    name: run.name,
    exit,
    messages: messageLines(text(join(root, "stdout"))),
    warnings: messageLines(stderr).filter((line) => line.includes("WARN")),
    stderr,
    trace: text(trace)
      .split("\n")
      .filter((_, index, lines) => index < lines.length - 1),
    requests: [...requests].map((each) => normalize(each, tokens)),
    prefix: prefixes.map((each) => normalize(each, tokens)),
    tree: [],
    metadata: {},
    results: existsSync(results)
      ? readdirSync(results)
          .map((each) => normalize(each, tokens))
          .sort()
      : [],
    "last_build.env": optional(join(results, "last_build.env")),
    "pre_build.env": optional(join(results, "pre_build.env")),
    cache_src: listTwoLevels("/hab/cache/src", tokens),
    cache_artifacts: listTwoLevels("/hab/cache/artifacts", tokens).filter((each) => !each.startsWith(".")),
  };
  if (prefix !== undefined) {
    observation.tree = listTree(prefix, tokens);
    for (const { line } of observation.tree) {
      const name = line.split(" ").slice(2).join(" ");
      if (line.startsWith("f") && name !== "FILES") observation.metadata[name] = text(join(prefix, name));
    }
    if (existsSync(join(prefix, "FILES"))) {
      const raw = readFileSync(join(prefix, "FILES"), "utf8");
      const lines = normalize(raw, tokens).split("\n");
      observation.filesRaw = raw;
      observation.filesHeader = lines.slice(0, 5);
      observation.filesBody = lines.slice(5, -1);
    }
    observation.hart = describeHart(release, tokens);
  }
  return observation;
}

function describeHart(release: string, tokens: Tokens): Record<string, unknown> | undefined {
  const directory = "/hab/cache/artifacts";
  const file = existsSync(directory)
    ? readdirSync(directory).find((each) => each.includes(release) && each.endsWith(".hart"))
    : undefined;
  if (file === undefined) return undefined;
  const path = join(directory, file);
  const bytes = readFileSync(path);
  const header = bytes.toString("latin1", 0, 400).split("\n").slice(0, 4);
  const listed = spawnSync("sh", ["-c", `tail -n +6 "$1" | tar -tvJ --numeric-owner`, "sh", path], {
    encoding: "utf8",
  });
  const members = listed.stdout.split("\n").filter(Boolean);
  const payload = bytes.indexOf("\n\n") + 2;
  return {
    file: normalize(file, tokens),
    header: [header[0], normalize(header[1] ?? "", tokens), header[2], "<signature>"],
    payload_magic: bytes.subarray(payload, payload + 6).toString("hex"),
    xz_check: (bytes[payload + 7] ?? 0) === 4 ? "crc64" : "other",
    tar_first_member: normalize(
      (members[0]?.split(/\s+/).slice(5).join(" ") ?? "").replace(/\/$/, ""),
      tokens,
    ),
    tar_members: members.length,
    owners: [...new Set(members.map((line) => line.split(/\s+/)[1]))],
  };
}

const observations: Observation[] = [];
let counter = 0;
for (const name of names) {
  const testCase = readCase(name);
  let first = "";
  for (const run of testCase.runs) {
    if (skipped(name, run.name) !== undefined) continue;
    const release = name === "all-settings" ? ALL_SETTINGS_RELEASE : String(20260101000000 + counter++);
    if (!run.keep) first = release;
    observations.push(await runOne(testCase, run, release, first));
  }
}
writeFileSync(output, JSON.stringify(observations));
server.stop(true);
