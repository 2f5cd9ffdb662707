// Recorded cases as typed on a machine of their own: the file system they start from, the command line in this process,
// and what is there afterwards.
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dispatch } from "../../../src/cli/index.ts";
import { memoryOutput } from "../../../src/ui/index.ts";

export interface WorldEntry {
  readonly path: string;
  readonly type?: string;
  readonly content?: string | null;
  readonly base64?: string;
  readonly mode?: string;
  readonly target?: string;
  readonly size?: number;
}

/** What a test does by hand between commands. */
export interface Deed {
  readonly write?: string;
  readonly mkdir?: string;
  readonly copy?: string;
  readonly symlink?: string;
  readonly remove_recursively?: string;
  readonly read?: string;
  readonly content?: string | null;
  readonly to?: string;
  readonly mode?: string;
}

export interface Expectation {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Step {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly unset?: readonly string[];
  readonly umask?: string;
  readonly stdin?: string;
  readonly expect?: Expectation;
  readonly installed_after?: readonly string[];
  readonly do?: Deed;
}

/** Directories `$ROOT`, `$HOME` and `$CWD`, fresh for one case; `remove` when done. */
export class World {
  readonly #place = realpathSync(mkdtempSync(join(tmpdir(), "hab-vector-")));
  // Two levels down: a path of five parts cannot be taken for an identifier.
  readonly root = join(this.#place, "case", "root");
  readonly home = join(this.#place, "case", "home");
  readonly cwd = join(this.#place, "case", "cwd");

  constructor(entries: readonly WorldEntry[] = []) {
    for (const directory of [this.root, this.home, this.cwd]) mkdirSync(directory, { recursive: true });
    for (const entry of entries) this.create(entry);
  }

  /** Harts into the working directory, public keys into the key cache. */
  provide(harts: readonly string[], keys: readonly string[]): void {
    for (const name of harts)
      cpSync(join(import.meta.dir, "harts", `${name}.hart`), join(this.cwd, `${name}.hart`));
    const cache = join(this.root, "hab/cache/keys");
    mkdirSync(cache, { recursive: true });
    for (const name of keys) {
      const file = `${name}-20261123072809.pub`;
      cpSync(join(import.meta.dir, "keys", file), join(cache, file));
    }
  }

  create(entry: WorldEntry): void {
    const path = this.expand(entry.path);
    mkdirSync(dirname(path), { recursive: true });
    if (entry.type === "dir") mkdirSync(path, { recursive: true });
    else if (entry.type === "symlink") symlinkSync(this.expand(entry.target ?? ""), path);
    else
      writeFileSync(
        path,
        entry.base64 === undefined ? (entry.content ?? "") : Buffer.from(entry.base64, "base64"),
      );
    if (entry.mode !== undefined && entry.type !== "symlink") chmodSync(path, Number.parseInt(entry.mode, 8));
  }

  /** Does what a step says; a `read` answers what it found and what it should have. */
  perform(deed: Deed): { found: string | null; wanted: string | null } | undefined {
    const at = (text: string) => this.expand(text);
    if (deed.write !== undefined)
      this.create({ path: deed.write, content: deed.content ?? "", ...(deed.mode && { mode: deed.mode }) });
    else if (deed.mkdir !== undefined)
      this.create({ path: deed.mkdir, type: "dir", ...(deed.mode && { mode: deed.mode }) });
    else if (deed.symlink !== undefined)
      this.create({ path: deed.symlink, type: "symlink", target: deed.to ?? "" });
    else if (deed.remove_recursively !== undefined) rmSync(at(deed.remove_recursively), { recursive: true });
    else if (deed.copy !== undefined) {
      mkdirSync(dirname(at(deed.to ?? "")), { recursive: true });
      cpSync(join(import.meta.dir, deed.copy), at(deed.to ?? ""));
    } else if (deed.read !== undefined)
      return { found: textOrNull(at(deed.read)), wanted: deed.content ?? null };
    return undefined;
  }

  /** Runs a command line here; the output speaks of `$ROOT` and the others again. */
  async hab({ argv = [], env = {}, unset = [], umask = "0022", stdin = "" }: Step): Promise<Expectation> {
    const environment: Record<string, string | undefined> = {
      PATH: "/usr/bin:/bin",
      HOME: this.home,
      FS_ROOT: this.root,
      HAB_NOCOLORING: "true",
      HAB_NONINTERACTIVE: "true",
      HAB_LICENSE: "accept-no-persist",
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, this.expand(value ?? "")])),
    };
    for (const name of unset) delete environment[name];
    const [stdout, stderr] = [memoryOutput(), memoryOutput()];
    const lines = stdin === "" ? [] : stdin.replace(/\n$/, "").split("\n");
    const before = {
      env: { ...process.env },
      cwd: process.cwd(),
      umask: process.umask(Number.parseInt(umask, 8)),
    };
    setEnvironment(environment);
    process.chdir(this.cwd);
    try {
      const exit = await dispatch(
        argv.map((word) => this.expand(word)),
        {
          stdout,
          stderr,
          env: environment,
          readLine: async () => lines.shift(),
          signal: new AbortController().signal,
        },
      );
      return { exit, stdout: this.collapse(stdout.text), stderr: this.collapse(stderr.text) };
    } finally {
      process.chdir(before.cwd);
      process.umask(before.umask);
      setEnvironment(before.env);
    }
  }

  /** `$ROOT` → the directory. */
  expand(text: string): string {
    return text.replaceAll("$ROOT", this.root).replaceAll("$HOME", this.home).replaceAll("$CWD", this.cwd);
  }

  collapse(text: string): string {
    return text.replaceAll(this.root, "$ROOT").replaceAll(this.home, "$HOME").replaceAll(this.cwd, "$CWD");
  }

  /**
   * Everything below a directory by path: kind, mode, target, and size or (where `byContent` holds) content; names that are
   * no text with their bytes escaped.
   */
  tree(
    directory: string,
    leaveOut = /$^/,
    byContent: ReadonlySet<string> = new Set(),
  ): Record<string, string> {
    const found: Record<string, string> = {};
    const walk = (place: Buffer, name: string): void => {
      for (const entry of readdirSync(place, { encoding: "buffer" })) {
        const path = Buffer.concat([place, Buffer.from("/"), entry]);
        const shown = `${name}/${escaped(entry)}`;
        if (leaveOut.test(shown)) continue;
        const status = lstatSync(path);
        const mode = (status.mode & 0o7777).toString(8).padStart(4, "0");
        if (status.isSymbolicLink()) found[shown] = `symlink ${this.collapse(readlinkSync(path))}`;
        else if (status.isDirectory()) {
          found[shown] = `dir ${mode}`;
          walk(path, shown);
        } else
          found[shown] = byContent.has(shown)
            ? `file ${mode} ${this.collapse(readFileSync(path, "utf8"))}`
            : `file ${mode} ${status.size}`;
      }
    };
    walk(Buffer.from(this.expand(directory)), directory);
    return found;
  }

  remove(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }
}

/** A recorded tree in the form of `World.tree`. */
export function recordedTree(entries: readonly WorldEntry[], leaveOut = /$^/): Record<string, string> {
  return Object.fromEntries(
    entries
      .filter(({ path }) => !leaveOut.test(path))
      .map(({ path, type, mode, target, size, content }) => [
        path,
        type === "symlink"
          ? `symlink ${target}`
          : type === "dir"
            ? `dir ${mode}`
            : `file ${mode} ${content ?? size}`,
      ]),
  );
}

/** Files recorded with their content: their size depends on where `$ROOT` is. */
export function recordedContents(tree: readonly WorldEntry[]): Set<string> {
  return new Set(tree.filter(({ content }) => typeof content === "string").map(({ path }) => path));
}

/** The same without directories that hold no file: what an attempt that failed may leave or not. */
export function filesOnly(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([, what]) => !what.startsWith("dir ")));
}

function setEnvironment(wanted: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (wanted[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) process.env[name] = value;
}

function textOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function escaped(name: Buffer): string {
  const text = name.toString("utf8");
  if (Buffer.from(text).equals(name)) return text;
  return [...name]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`))
    .join("");
}
