// The environment of a package's hooks and service process (reference/packages.md §12.3, services.md §4).
import { dirname, join } from "node:path";
import { environmentValue, readTextIfPresent } from "../host/index.ts";
import { commandEnvironment, commandPath, joinPath } from "./environment.ts";
import { type PackageIdent, parseIdent } from "./ident.ts";
import type { InstalledPackage } from "./installed.ts";
import { findInstalled } from "./store.ts";
import { compareText, splitLines } from "./text.ts";

const DEFAULT_INTERPRETER = "core/busybox-static";

/**
 * The package's variables, sorted by name, with PATH = its own directories, those of the interpreter package (unless it is
 * a native package) and the caller's PATH. An interpreter package that is not installed is left out: the original cannot
 * run the package then, though few packages need it.
 */
export function serviceEnvironment(
  pkg: InstalledPackage,
  caller: Readonly<Record<string, string | undefined>> = process.env,
): Map<string, string> {
  const variables = commandEnvironment(pkg, caller);
  const interpreter = pkg.packageType === "native" ? [] : interpreterPath(pkg.root);
  const entries = joinPath([...commandPath(pkg), ...interpreter]);
  const path = [entries, caller["PATH"] ?? ""].filter((part) => part !== "").join(":");
  if (path !== "") variables.set("PATH", path);
  return new Map([...variables].sort(([a], [b]) => compareText(a, b)));
}

/** The package that offers shells and tools to hooks: `HAB_INTERPRETER_IDENT`, else the default, as our own release pins it. */
export function interpreterIdent(): PackageIdent {
  const wanted = environmentValue("HAB_INTERPRETER_IDENT") ?? DEFAULT_INTERPRETER;
  const pins = readTextIfPresent(join(dirname(process.execPath), "..", "DEPS")) ?? "";
  return parseIdent(splitLines(pins).find((line) => line.includes(wanted)) ?? wanted);
}

function interpreterPath(root: string): string[] {
  return findInstalled(interpreterIdent(), { root })?.pathEntries ?? [];
}
