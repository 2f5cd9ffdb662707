// Where hab does on purpose not do what the original did, and which runs say nothing about hab. Every entry has its
// reason; what is not listed here must agree.

/** The release of the one case whose signed FILES is recorded byte for byte. */
export const ALL_SETTINGS_RELEASE = "20250301000001";

/** Runs that are not run: case, or case/run, and why. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  "context-forms/url-option": "options of the original's separate program; hab pkg build has its own",
  "context-forms/unknown-option": "options of the original's separate program; hab pkg build has its own",
  "install-calls/bare-answer":
    "about reading the words of another program; the installer here answers with an ident",
  "install-calls/fallback-same-channel":
    "about reading the words of another program; see deps-unknown for the failure",
  "install-calls/fallback-fails-too":
    "about reading the words of another program; see deps-unknown for the failure",
};

const EVERYTHING = ["exit", "metadata DEPS", "metadata TDEPS", "metadata RUNTIME_PATH"]
  .concat(["metadata RUNTIME_ENVIRONMENT", "metadata RUNTIME_ENVIRONMENT_PROVENANCE"])
  .concat(["messages", "warnings", "trace", "requests", "prefix", "results", "last_build.env"])
  .concat(["pre_build.env", "cache_src", "cache_artifacts", "tree", "files", "hart", "metadata IDENT"])
  .concat(["metadata TARGET", "metadata MANIFEST"]);

const all = (why: string): Record<string, string> =>
  Object.fromEntries(EVERYTHING.map((field) => [field, why]));

const UNRESOLVED = "a dependency that cannot be had is an ERROR line, not only a warning";
const RUN_EXTENSION =
  "a run hook with an extension counts as run hook: no second run file, and SVC_USER is written";
const KEPT = "bunzip2 and gunzip keep the archive, so that a second build finds it";
const NO_EMPTY_FILE = "a failed download leaves no empty file under the name of the source";
const CWD = "a cached source does not change the directory that later phases run in";
const GLOBS = "an item of a path list is compared as text, not as a pattern";
const NO_PACKAGE = "a build that ends without a package has failed, whatever status the plan gave";
const HELD = "a signal ends the build as a failure";

/** Fields of a run that differ on purpose: case or case/run → field → why. */
export const DEPARTURES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "attach-without-studio/studio-exit-program": Object.fromEntries(
    ["exit", "messages", "warnings"].map((field) => [field, NO_PACKAGE]),
  ),
  "compression/not-a-level": { cache_artifacts: "a failed build leaves no part of an artifact" },
  "config-excluded-directory": all("an excluded directory is left out with all that is in it"),
  "contents-newline-name": { cache_src: "the list of digests appears whole or not at all" },
  "contents-preexisting": Object.fromEntries(
    ["tree", "files", "metadata IDENT", "metadata MANIFEST", "metadata run", "metadata EXPORTS"]
      .concat(["metadata RUNTIME_ENVIRONMENT", "metadata RUNTIME_ENVIRONMENT_PROVENANCE"])
      .map((field) => [field, "metadata replaces a file of that name; appended to, it could not be read"]),
  ),
  "debug-run": { messages: "debug lines name the files that are written" },
  "deps-malformed": { messages: UNRESOLVED },
  "deps-pinned": { messages: UNRESOLVED },
  "deps-unknown": { messages: UNRESOLVED },
  "deps-unknown-build": { messages: UNRESOLVED },
  "deps-without-origin": { messages: UNRESOLVED },
  "scaffolding-faults": { messages: UNRESOLVED },
  "deps-twice/run-dep": all("the same release named twice is one dependency"),
  "deps-twice/run-dep-other-spelling": all("the same release named twice is one dependency"),
  "env-odd-values": {
    trace: "a value keeps its last =",
    "metadata RUNTIME_ENVIRONMENT": "a value keeps its last =",
  },
  "env-set-twice/flag-last": { messages: "the message says how the function is called" },
  "env-set-twice/over-dep-empty": { messages: "the message says how the function is called" },
  "env-set-twice/unknown-flag": all("an unknown flag is an error, not skipped"),
  "exposes/list": { messages: "the value is shown as it stands, in TOML" },
  "exposes/nothing": { messages: "the key without a value is named" },
  "exposes-without-default-toml": { messages: "the missing file is named" },
  "fix-interpreter-ambiguous": all("of several interpreters the one of exactly that name is taken"),
  "fix-interpreter-env": { warnings: "a run dependency is not said to be none" },
  "helpers-pure": { trace: GLOBS },
  hooks: Object.fromEntries(["messages", "tree", "files", "hart"].map((field) => [field, RUN_EXTENSION])),
  "service-run-hook-extension": Object.fromEntries(
    ["messages", "tree", "files", "hart", "metadata run"].map((field) => [field, RUN_EXTENSION]),
  ),
  "hooks-dot-in-path": {
    ...all("the extension is taken off the name alone"),
    "metadata hooks/my": "the extension is taken off the name alone",
  },
  "shell-strictness/exit-with-zero": Object.fromEntries(
    ["exit", "warnings", "trace"].map((field) => [field, NO_PACKAGE]),
  ),
  "shell-strictness/kill-term": { exit: HELD, messages: HELD, trace: HELD },
  "shell-strictness/kill-int": { exit: HELD, messages: HELD, trace: HELD },
  ltmain: { messages: "scripts are changed in the order of their paths, not of the directory" },
  "source-clean/second": { trace: CWD },
  "source-cwd-leak/cached": { trace: CWD },
  "source-defaults/cached": { trace: CWD },
  "source-extra-files/first": { cache_src: KEPT },
  "source-extra-files/cached": all(KEPT),
  "source-formats/single.gz": { trace: KEPT },
  "source-formats/single.bz2": { trace: KEPT },
  "source-formats/noext": { warnings: "the message names the file" },
  "source-missing": { cache_src: NO_EMPTY_FILE },
  "version-empty": all("an empty version ends the build: nothing could install such a package"),
  "version-function": { trace: "exported values follow the version" },
};

export function skipped(caseName: string, runName: string): string | undefined {
  return NOT_RUN[caseName] ?? NOT_RUN[`${caseName}/${runName}`];
}

export function departure(caseName: string, runName: string, field: string): string | undefined {
  return DEPARTURES[caseName]?.[field] ?? DEPARTURES[`${caseName}/${runName}`]?.[field];
}
