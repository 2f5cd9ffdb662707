// Recorded command lines of Habitat 2.1.78: how a case is set up, run with dist/hab and compared. Exit code, stream, the first
// line of a usage error, warnings, data on standard output and what a failure names are compared; help texts and the wording
// of failures are ours.
import { expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { commands } from "../../../src/cli/commands.ts";
import { originalCommands } from "../../../src/cli/original.ts";
import { resolve } from "../../../src/cli/tree.ts";
import { type Ended, HAB, NOBODY, run, WITHOUT_ROOT } from "../../binary/program.ts";

export interface WorldFile {
  readonly path: string;
  readonly content?: string;
  readonly content_repeat?: string;
  readonly count?: number;
}

export interface FileAfter {
  readonly path: string;
  /** In octal digits: `0644`. */
  readonly mode: string;
  readonly content: string;
}

export interface Case {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly no_FS_ROOT?: boolean;
  readonly cli_toml?: WorldFile;
  readonly world?: readonly WorldFile[];
  /** Run without root's rights. */
  readonly uid?: "non-root";
  readonly expect: { readonly exit: number; readonly stdout: string; readonly stderr: string };
  readonly licence_files_after?: readonly FileAfter[];
}

export interface Vectors {
  readonly world?: readonly WorldFile[];
  readonly cases: readonly Case[];
}

export function readVectors(name: string): Vectors {
  return JSON.parse(readFileSync(join(import.meta.dir, name), "utf8"));
}

/** `HAB_X=y hab pkg list`, unique among the cases of a file by its number. */
export function rowsOf(cases: readonly Case[]): (readonly [string, Case])[] {
  return cases.map((each, index) => {
    const variables = Object.entries(each.env ?? {}).map(([name, value]) => `${name}=${value}`);
    return [[`${index}:`, ...variables, "hab", ...each.argv].join(" "), each];
  });
}

/** The command of the original that a case is about, when it is not built: its cases run as soon as it is. */
export function waitsFor({ argv }: Case): string | undefined {
  const words = argv[0] === "help" ? argv.slice(1) : argv;
  const isBuilt = (path: string) =>
    path in commands || Object.keys(commands).some((each) => each.startsWith(`${path} `));
  for (let length = words.length; length > 0; length--) {
    const path = words.slice(0, length).join(" ");
    if (originalCommands.some((each) => each === path || each.startsWith(`${path} `)))
      return isBuilt(path) ? undefined : path;
  }
  return undefined;
}

export interface Observed extends Ended {
  /** Those of the files asked about that are there afterwards. */
  readonly present: readonly FileAfter[];
}

/** Runs a case in fresh directories. Only loopback can be reached: everything else goes to a proxy that refuses. */
export async function observe(
  each: Case,
  options: {
    readonly world?: readonly WorldFile[];
    readonly env?: Readonly<Record<string, string>>;
    readonly look?: readonly string[];
  } = {},
): Promise<Observed> {
  const directory = mkdtempSync(join(tmpdir(), "hab-cli-"));
  try {
    const places = ["ROOT", "HOME", "CWD"].map((name) => [`$${name}`, join(directory, name)] as const);
    for (const [, path] of places) mkdirSync(path);
    const there = (text: string) => places.reduce((done, [name, path]) => done.replaceAll(name, path), text);
    const back = (text: string) => places.reduce((done, [name, path]) => done.replaceAll(path, name), text);
    const files = [
      ...(options.world ?? []),
      ...(each.world ?? []),
      ...(each.cli_toml ? [each.cli_toml] : []),
    ];
    for (const { path, content, content_repeat = "", count = 0 } of files) {
      mkdirSync(dirname(there(path)), { recursive: true });
      writeFileSync(there(path), content ?? content_repeat.repeat(count));
    }
    const env: Record<string, string> = {
      https_proxy: "http://127.0.0.1:1",
      HOME: there("$HOME"),
      ...(each.no_FS_ROOT !== true && { FS_ROOT: there("$ROOT") }),
      ...options.env,
    };
    for (const [name, value] of Object.entries(each.env ?? {})) env[name] = there(value);
    if (each.uid === "non-root") giveAway(directory);
    const ended = await run(
      [...(each.uid === "non-root" ? WITHOUT_ROOT : []), HAB, ...each.argv.map(there)],
      {
        cwd: there("$CWD"),
        env,
        stdin: each.stdin ?? "",
      },
    );
    return {
      ...ended,
      stdout: back(ended.stdout),
      stderr: back(ended.stderr),
      present: (options.look ?? [])
        .filter((path) => statSync(there(path), { throwIfNoEntry: false })?.isFile() === true)
        .map((path) => ({
          path,
          mode: (statSync(there(path)).mode & 0o7777).toString(8).padStart(4, "0"),
          content: readFileSync(there(path), "utf8"),
        })),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function giveAway(directory: string): void {
  chmodSync(directory, 0o755);
  for (const path of [directory, ...readdirSync(directory, { recursive: true }).map(String)])
    chownSync(join(directory, path === directory ? "" : path), NOBODY, NOBODY);
}

/** Compares what we did with what the original did. */
export function compare(observed: Ended, each: Case): void {
  const wanted = each.expect;
  if (wanted.exit === 101) {
    // A crash of the original: here a clear error.
    expect([1, 2]).toContain(observed.code ?? -1);
    expect(observed.stderr).toMatch(/^(error: |✗✗✗)/);
    expect(observed.stderr).not.toContain("has a bug");
    return;
  }
  expect(observed.code).toBe(wanted.exit);
  expect(observed.stderr !== "").toBe(wanted.stderr !== "");
  if (wanted.stderr.startsWith("error: ")) expect(firstLine(observed.stderr)).toBe(firstLine(wanted.stderr));
  if (wanted.exit !== 0) {
    // An absent name would say which of the words, variables or settings is missed out in our message.
    const said = observed.stdout + observed.stderr;
    if (!isHelp(wanted.stderr))
      expect(namedIn(wanted, each).filter((name) => !said.includes(name))).toEqual([]);
    return;
  }
  // A warning of ours may go on where the original's ends.
  const [warnings, theirs] = [warningsIn(observed.stderr), warningsIn(wanted.stderr)];
  expect(warnings.map((line, index) => line.slice(0, theirs[index]?.length))).toEqual(theirs);
  if (isHelp(wanted.stdout)) expect(observed.stdout).toContain("Usage: hab");
  else expect(withoutDates(observed.stdout)).toBe(withoutDates(wanted.stdout));
}

/**
 * What the original's message names: of what was typed or set each word or value (of an address host and port), and every
 * option and variable it points to.
 */
function namedIn({ stdout, stderr }: Case["expect"], each: Case): string[] {
  const said = stdout + stderr;
  const settings = [...(each.cli_toml?.content ?? "").matchAll(/= *"([^"]+)"/g)].map(
    ([, value = ""]) => value,
  );
  const given = [...resolve(each.argv).rest, ...Object.values(each.env ?? {}), ...settings]
    .flatMap((word) => word.split("="))
    .filter((word) => /^[\w.:/@-]{3,}$/.test(word) && !word.startsWith("-"))
    .map((word) => (/^https?:\/\//i.test(word) ? (URL.parse(word)?.host ?? word) : word));
  const pointers = said.match(/\bHAB_[A-Z_]+|(?<![\w-])--[a-z][a-z-]+/g) ?? [];
  return [...new Set([...given.filter((word) => said.includes(word)), ...pointers])];
}

/** Without colours and the final period; their order is free. */
function warningsIn(text: string): string[] {
  return Bun.stripANSI(text)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\.$/, ""))
    .sort();
}

export function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

function isHelp(text: string): boolean {
  return /^Usage:( |\n)hab/m.test(text);
}

/** Revisions of keys are the time of their making. */
function withoutDates(text: string): string {
  return text.replace(/-\d{14}\b/g, "-REVISION");
}
