// The templates of a service: configuration files and hooks, compiled once at its start (reference/services.md §6, §19).
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describeError, HabError, systemErrorCode } from "../../error/index.ts";
import { habPath } from "../../host/index.ts";
import type { DeprecatedSyntax, TemplateSet } from "../../template/index.ts";
import { supervisorErrors } from "../errors.ts";
import { SERVICE_HOOKS, type ServiceHook } from "../plan/service.ts";

export interface ServiceTemplates {
  /** Relative paths below config/, sorted. */
  readonly configNames: readonly string[];
  readonly config: TemplateSet;
  /** Each hook with a set of its own: hooks cannot include each other. */
  readonly hooks: ReadonlyMap<ServiceHook, TemplateSet>;
}

/** Who hears of what is not right in templates. */
export interface TemplateReport {
  /** A hook that cannot be used. */
  readonly problem: (hook: ServiceHook, message: string) => void;
  /** Syntax that works and should be written otherwise. */
  readonly deprecated: (key: "CF" | "HK", warning: string) => void;
}

/**
 * Reads `config/` and `hooks/` of a package (or of `config_from`). A configuration template that is not UTF-8 or does
 * not parse throws `templateBroken`; such a hook is told as a problem and treated as absent.
 */
export async function loadTemplates(
  directory: string,
  { problem, deprecated }: TemplateReport,
): Promise<ServiceTemplates> {
  const { compileTemplates, formatDeprecatedSyntax } = await import("../../template/index.ts");
  const optionsFor = (key: "CF" | "HK", place: string) => ({
    packagesRoot: habPath("pkgs"),
    onDeprecated: (warning: DeprecatedSyntax) =>
      deprecated(key, formatDeprecatedSyntax(warning, join(place, warning.name))),
  });
  const files = new Map<string, string>();
  const root = join(directory, "config");
  for (const path of await regularFiles(root)) files.set(relative(root, path), await readTemplate(path));
  const config = await compileTemplates(files, optionsFor("CF", root));
  const hooks = new Map<ServiceHook, TemplateSet>();
  for (const hook of SERVICE_HOOKS) {
    const path = join(directory, "hooks", hook);
    try {
      const text = await readIfPresent(path);
      const options = optionsFor("HK", join(directory, "hooks"));
      if (text !== undefined) hooks.set(hook, await compileTemplates(new Map([[hook, text]]), options));
    } catch (error) {
      problem(hook, describeError(error));
    }
  }
  return { configNames: [...files.keys()].sort(), config, hooks };
}

/** All regular files below a directory; symlinks and special files are left out. */
async function regularFiles(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

async function readTemplate(path: string): Promise<string> {
  const bytes = await readFile(path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new HabError(supervisorErrors.templateBroken, `The template ${path} is not valid UTF-8`, {
      cause: error,
    });
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readTemplate(path);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}
