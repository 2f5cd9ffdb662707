// Rendering of a service's hooks and configuration files to disk, and what that changed (reference/services.md §6, §19).
import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeError, systemErrorCode } from "../../error/index.ts";
import { ensureOwnedDirectory, type Identity } from "../../host/index.ts";
import { serviceIdentity } from "../../package/index.ts";
import type { TemplateData } from "../../template/index.ts";
import type { Output } from "../output.ts";
import { type RenderedChanges, SERVICE_HOOKS, type ServiceHook } from "../plan/service.ts";
import { packageRunFile, type ServicePackage } from "./package.ts";
import { replaceFile } from "./replace-file.ts";
import type { ServiceTemplates } from "./templates.ts";

const HOOK_MODE = 0o755;
const CONFIG_MODE = 0o740;
const CONFIG_DIRECTORY_MODE = 0o770;

export interface RenderResult {
  readonly changes: RenderedChanges;
  /** What could not be rendered; files of before stay in place. */
  readonly problems: readonly string[];
}

/** Renders hooks, then configuration. Never throws: what fails is told, and what was there before stays. */
export async function renderService(
  group: string,
  pkg: ServicePackage,
  templates: ServiceTemplates,
  data: TemplateData,
  output: Output,
): Promise<RenderResult> {
  const problems: string[] = [];
  const hooks = await renderHooks(group, pkg, templates, data, output, problems);
  const configuration = await renderConfig(group, pkg, templates, data, output, problems);
  return { changes: { hooks, configuration }, problems };
}

async function renderHooks(
  group: string,
  pkg: ServicePackage,
  templates: ServiceTemplates,
  data: TemplateData,
  output: Output,
  problems: string[],
): Promise<Set<ServiceHook>> {
  const changed = new Set<ServiceHook>();
  for (const hook of SERVICE_HOOKS) {
    const template = templates.hooks.get(hook);
    if (template === undefined) continue;
    const path = join(pkg.paths.hooks, hook);
    try {
      const text = template.render(hook, data);
      const change = await replaceFile(path, Buffer.from(text), { mode: HOOK_MODE });
      if (change === "unchanged") continue;
      output.line(group, "HK", `Modified hook content in ${path}`);
      changed.add(hook);
    } catch (error) {
      const message = `Failed to compile ${hook} hook: ${describeError(error)}`;
      output.line(group, "HK", message);
      problems.push(message);
    }
  }
  if (changed.size > 0) output.line(group, "SR", "Hooks recompiled");
  await placeRunFile(group, pkg, templates, output, problems);
  return changed;
}

/** `/hab/svc/<name>/run` is what the launcher executes: the rendered hook, else the package's own `run`. */
async function placeRunFile(
  group: string,
  pkg: ServicePackage,
  templates: ServiceTemplates,
  output: Output,
  problems: string[],
): Promise<void> {
  const source = templates.hooks.has("run") ? join(pkg.paths.hooks, "run") : packageRunFile(pkg);
  try {
    if (source === undefined) throw new Error(`neither hooks/run nor run in ${pkg.path}`);
    await replaceFile(pkg.paths.run, await readFile(source), { mode: HOOK_MODE });
    await chmod(pkg.paths.run, HOOK_MODE);
  } catch (error) {
    const message = `Failed to copy run hook: ${describeError(error)}`;
    output.line(group, "SR", message);
    problems.push(message);
  }
}

async function renderConfig(
  group: string,
  pkg: ServicePackage,
  templates: ServiceTemplates,
  data: TemplateData,
  output: Output,
  problems: string[],
): Promise<boolean> {
  let changed = false;
  try {
    const identity = serviceIdentity(pkg.account);
    // All are rendered before the first is written: an error in one then leaves every file as it was.
    const rendered = templates.configNames.map(
      (name) => [name, templates.config.render(name, data)] as const,
    );
    for (const [name, text] of rendered) {
      const path = join(pkg.paths.config, name);
      await ensureConfigDirectory(dirname(path), pkg.paths.config, identity);
      const change = await replaceFile(path, Buffer.from(text), {
        mode: CONFIG_MODE,
        ...(identity === undefined ? {} : { owner: identity }),
      });
      if (change === "unchanged") continue;
      changed = true;
      output.line(group, "CF", `${change === "created" ? "Created" : "Modified"} configuration file ${path}`);
    }
  } catch (error) {
    const message = `Failed to compile configuration: ${describeError(error)}`;
    output.line(group, "SR", message);
    problems.push(message);
  }
  return changed;
}

async function ensureConfigDirectory(
  path: string,
  top: string,
  identity: Identity | undefined,
): Promise<void> {
  if (path === top || !path.startsWith(`${top}/`)) return;
  try {
    await stat(path);
    return;
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
  await ensureConfigDirectory(dirname(path), top, identity);
  await mkdir(dirname(path), { recursive: true });
  ensureOwnedDirectory(path, CONFIG_DIRECTORY_MODE, identity);
}
