// Package targets: the platform a package is built for (reference/packages.md §2).
import { HabError } from "../error/index.ts";
import { packageErrors } from "./errors.ts";

/** Every target there is. Order matters: the first that fits the machine is the active one. */
export const TARGETS = [
  "x86_64-darwin",
  "x86_64-linux",
  "x86_64-linux-kernel2",
  "x86_64-windows",
  "aarch64-darwin",
  "aarch64-linux",
  "aarch64-windows",
] as const;

export type Target = (typeof TARGETS)[number];

export function isTarget(text: string): text is Target {
  return (TARGETS as readonly string[]).includes(text);
}

/** Parses a target; exact, case counts. Throws HAB-PKG-003. */
export function parseTarget(text: string): Target {
  if (isTarget(text)) return text;
  throw new HabError(packageErrors.invalidTarget, `"${text}" is not a package target`, {
    next: `Use one of ${TARGETS.join(", ")}.`,
  });
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };
const SYSTEMS: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin", win32: "windows" };

/** The target of this machine: the only one that is installed, found and run here. Throws HAB-PKG-003. */
export function activeTarget(): Target {
  return parseTarget(
    `${ARCHITECTURES[process.arch] ?? process.arch}-${SYSTEMS[process.platform] ?? process.platform}`,
  );
}
