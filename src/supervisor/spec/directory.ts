// The directory of spec files: listing, writing, migrating (reference/services.md §2). Editing, adding and deleting
// files by hand is a supported interface.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describeError } from "../../error/index.ts";
import { isRegularFile, removeIfPresent, writeFileWhole } from "../../host/index.ts";
import { formatIdent } from "../../package/index.ts";
import { formatSpec, parseSpec } from "./file.ts";
import type { ServiceSpec } from "./spec.ts";

const SUFFIX = ".spec";

export interface SpecDirectory {
  readonly path: string;
  /** Path of the spec of a service. */
  file(name: string): string;
  /** All readable specs by service name; what cannot be read or is misnamed is told to `problem` and left out. */
  read(problem: (message: string) => void): Map<string, ServiceSpec>;
  /** The spec of one service, or undefined; throws when it cannot be read. */
  get(name: string): ServiceSpec | undefined;
  write(spec: ServiceSpec): void;
  remove(name: string): void;
  /** Rewrites every file in today's form; failures only told. */
  migrate(problem: (message: string) => void): void;
}

/** Opens (and creates) the directory. */
export function openSpecDirectory(path: string): SpecDirectory {
  mkdirSync(path, { recursive: true });
  const file = (name: string) => join(path, `${name}${SUFFIX}`);
  const files = () =>
    readdirSync(path)
      .filter((name) => name.endsWith(SUFFIX) && !name.startsWith("."))
      .sort()
      .map((name) => join(path, name))
      .filter(isRegularFile);
  return {
    path,
    file,
    read(problem) {
      const specs = new Map<string, ServiceSpec>();
      for (const found of files()) {
        try {
          const spec = parseSpec(readFileSync(found, "utf8"), found);
          const stem = basename(found, SUFFIX);
          if (stem === spec.ident.name) specs.set(stem, spec);
          else {
            problem(
              `Error when loading service spec file '${found}' (File name does not match ident name '${spec.ident.name}' from ident = "${formatIdent(spec.ident)}", it should be called '${spec.ident.name}${SUFFIX}'). This file will be skipped.`,
            );
          }
        } catch (error) {
          problem(
            `Error when loading service spec file '${found}' (${describeError(error)}). This file will be skipped.`,
          );
        }
      }
      return specs;
    },
    get(name) {
      const path = file(name);
      return isRegularFile(path) ? parseSpec(readFileSync(path, "utf8"), path) : undefined;
    },
    write(spec) {
      writeFileWhole(file(spec.ident.name), formatSpec(spec), { mode: 0o600 });
    },
    remove(name) {
      removeIfPresent(file(name));
    },
    migrate(problem) {
      for (const found of files()) {
        try {
          const text = readFileSync(found, "utf8");
          const migrated = formatSpec(parseSpec(text, found));
          if (migrated !== text) writeFileWhole(found, migrated, { mode: 0o600 });
        } catch (error) {
          problem(`Unable to migrate service spec, ${found}, ${describeError(error)}`);
        }
      }
    },
  };
}
