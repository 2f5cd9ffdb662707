// Where things are on disk (reference/packages.md §9.1). FS_ROOT, when set, replaces `/` for everything below `/hab`.
import { join } from "node:path";
import { environmentValue } from "./environment.ts";
import { homeDirectory } from "./home.ts";

/** `FS_ROOT`, or `/`. */
export function fsRoot(): string {
  return environmentValue("FS_ROOT") ?? "/";
}

/** Whether the effective user is root: it decides whether caches are shared (`/hab/cache`) or personal (`~/.hab/cache`). */
export function isRootUser(): boolean {
  return process.geteuid?.() === 0;
}

/** `<FS_ROOT>/hab/<parts>`. */
export function habPath(...parts: string[]): string {
  return join(fsRoot(), "hab", ...parts);
}

/** Joins an absolute path of the package world (`/hab/pkgs/…`) to FS_ROOT. */
export function underRoot(absolutePath: string): string {
  return join(fsRoot(), absolutePath);
}

/** Path of a per-user directory: root uses `<FS_ROOT>/hab/…`, others `~/.hab/…`, others without a home as root. */
export function personalPath(...parts: string[]): string {
  if (isRootUser()) return habPath(...parts);
  const home = homeDirectory();
  return home === undefined ? habPath(...parts) : join(home, ".hab", ...parts);
}

export function artifactCachePath(): string {
  return personalPath("cache", "artifacts");
}

/** The default key cache; commands with `--cache-key-path` or `HAB_CACHE_KEY_PATH` override it (§6.6). */
export function keyCachePath(): string {
  return personalPath("cache", "keys");
}

export function sourceCachePath(): string {
  return personalPath("cache", "src");
}

export function certificateCachePath(): string {
  return personalPath("cache", "ssl");
}

/** `cli.toml` (reference/cli.md §4). */
export function cliConfigPath(): string {
  return personalPath("etc", "cli.toml");
}

export function licenseMarkerPath(): string {
  return personalPath("accepted-licenses", "habitat");
}
