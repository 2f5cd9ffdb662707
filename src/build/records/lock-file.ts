// The lock file of a plan, plan.lock beside plan.sh: which releases, sources and Debian packages it is built with, for each
// target. TOML with one table an entry, in order of the names, so that people and version control can merge it.
import { HabError } from "../../error/index.ts";
import {
  type FullIdent,
  formatIdent,
  isFullIdent,
  parseIdent,
  parseTarget,
  type Target,
} from "../../package/index.ts";
import {
  formatToml,
  isTable,
  parseToml,
  type TomlInput,
  type TomlTable,
  tomlTable,
} from "../../toml/index.ts";
import { buildErrors } from "../errors.ts";
import type { DebianPackage } from "./debian-file.ts";

/** Its name, beside plan.sh. */
export const LOCK_FILE = "plan.lock";

const FORMAT_VERSION = 1n;
const INTRODUCTION =
  "# What this plan is built with. Written by `hab pkg build --lock`, obeyed by `hab pkg build --locked`.\n" +
  "# Keep it under version control, beside plan.sh.\n\n";

/** A dependency, direct or not. */
export interface LockedPackage {
  readonly ident: FullIdent;
  /** BLAKE2b-256 of its hart, hexadecimal. */
  readonly hart: string;
  /** SHA-256 of its signed list of files; packages from before that list have none. */
  readonly files: string | undefined;
}

export interface LockedSource {
  /** Name of the file in the source cache. */
  readonly file: string;
  /** Where it came from, for people; what counts is the digest. */
  readonly url: string | undefined;
  readonly sha256: string;
}

/** What the plan is built with for one target. */
export interface TargetLock {
  /** What `pkg_deps` asks for → the release of it. */
  readonly run: ReadonlyMap<string, FullIdent>;
  /** The same of `pkg_build_deps`, the scaffolding included. */
  readonly build: ReadonlyMap<string, FullIdent>;
  /** All releases in `run` and `build`, and what they need to run. */
  readonly packages: readonly LockedPackage[];
  readonly sources: readonly LockedSource[];
  /** The .deb files that the package is made of. */
  readonly debian: readonly DebianPackage[];
}

export type PlanLock = ReadonlyMap<Target, TargetLock>;

/** The text of a lock file. The same lock always makes the same text. */
export function formatLock(lock: PlanLock): string {
  const targets = [...lock].sort(([a], [b]) => compareText(a, b));
  return (
    INTRODUCTION +
    formatToml(
      tomlTable({
        version: FORMAT_VERSION,
        ...Object.fromEntries(targets.map(([target, each]) => [target, targetTable(each)])),
      }),
    )
  );
}

function targetTable({
  run,
  build,
  packages,
  sources,
  debian,
}: TargetLock): Readonly<Record<string, TomlInput | undefined>> {
  return {
    run: wishes(run),
    build: wishes(build),
    package: entries(packages, ({ ident, hart, files }) => [
      formatIdent(ident),
      files === undefined ? { hart } : { hart, files },
    ]),
    source: entries(sources, ({ file, url, sha256 }) => [
      file,
      url === undefined ? { sha256 } : { url, sha256 },
    ]),
    debian: entries(debian, ({ name, architecture, version, sha256 }) => [
      `${name}:${architecture}`,
      { version, sha256 },
    ]),
  };
}

function wishes(releases: ReadonlyMap<string, FullIdent>) {
  return entries([...releases], ([wish, ident]) => [wish, formatIdent(ident)]);
}

/** A table in order of its keys; undefined, so that it is not written, when it would be empty. */
function entries<Item>(
  items: readonly Item[],
  entry: (item: Item) => [string, TomlInput],
): ReadonlyMap<string, TomlInput> | undefined {
  if (items.length === 0) return undefined;
  return new Map(items.map(entry).sort(([a], [b]) => compareText(a, b)));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reads the text of a lock file; `file` names it in errors. Throws HAB-BLD-043. */
export function parseLock(text: string, file: string): PlanLock {
  const reader = new LockReader(file);
  const lock = new Map<Target, TargetLock>();
  for (const [key, value] of reader.document(text)) {
    if (key === "version") {
      if (value !== FORMAT_VERSION) throw reader.problem("is of a version that this hab does not know");
    } else lock.set(reader.target(key), reader.targetLock(key, value));
  }
  return lock;
}

class LockReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  problem(what: string, cause?: unknown): HabError {
    return new HabError(buildErrors.badLock, `${this.#file} ${what}`, { cause });
  }

  document(text: string): TomlTable {
    try {
      return parseToml(text, { source: this.#file });
    } catch (error) {
      throw this.problem("is not TOML", error);
    }
  }

  target(key: string): Target {
    try {
      return parseTarget(key);
    } catch {
      throw this.problem(`has a table [${key}], which is not a target`);
    }
  }

  targetLock(target: string, value: unknown): TargetLock {
    const table = this.#table(value, target);
    const items = <Item>(
      name: string,
      read: (key: string, value: unknown, place: string) => Item,
    ): Item[] => {
      const place = `${target}.${name}`;
      return [...this.#table(table.get(name) ?? new Map(), place)].map(([key, each]) =>
        read(key, each, `${place}."${key}"`),
      );
    };
    const releases = (name: string) =>
      new Map(
        items(name, (wish, release, place): [string, FullIdent] => [wish, this.#release(release, place)]),
      );
    return {
      run: releases("run"),
      build: releases("build"),
      packages: items("package", (key, each, place) => {
        const fields = this.#table(each, place);
        return {
          ident: this.#release(key, place),
          hart: this.#digest(fields.get("hart"), `${place}.hart`),
          files: fields.has("files") ? this.#digest(fields.get("files"), `${place}.files`) : undefined,
        };
      }),
      sources: items("source", (file, each, place) => {
        const fields = this.#table(each, place);
        return {
          file,
          url: fields.has("url") ? this.#text(fields.get("url"), `${place}.url`) : undefined,
          sha256: this.#digest(fields.get("sha256"), `${place}.sha256`),
        };
      }),
      debian: items("debian", (key, each, place) => {
        const [name = "", architecture = ""] = key.split(":");
        const fields = this.#table(each, place);
        return {
          name,
          architecture,
          version: this.#text(fields.get("version"), `${place}.version`),
          sha256: this.#digest(fields.get("sha256"), `${place}.sha256`),
        };
      }),
    };
  }

  #table(value: unknown, place: string): TomlTable {
    if (value instanceof Map && isTable(value)) return value;
    throw this.problem(`has no table where ${place} should be one`);
  }

  #text(value: unknown, place: string): string {
    if (typeof value === "string") return value;
    throw this.problem(`has no text in ${place}`);
  }

  #digest(value: unknown, place: string): string {
    const text = this.#text(value, place);
    if (/^[0-9a-f]{64}$/.test(text)) return text;
    throw this.problem(`has something in ${place} that is not a digest`);
  }

  #release(value: unknown, place: string): FullIdent {
    const text = this.#text(value, place);
    try {
      const ident = parseIdent(text);
      if (isFullIdent(ident)) return ident;
    } catch {
      // Said below.
    }
    throw this.problem(`has "${text}" at ${place}, which is not a release (origin/name/version/release)`);
  }
}
