// Install and uninstall hooks: run as the service's user after a package has come, and before its last release goes
// (reference/packages.md §14, services.md §18).

import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "../crypto/index.ts";
import { describeError, HabError, isKind, systemErrorCode } from "../error/index.ts";
import {
  environmentForServices,
  type ProcessExit,
  type ProcessOutput,
  readTextIfPresent,
  signalNumber,
  startProcess,
  writeFileWhole,
} from "../host/index.ts";
import { compileTemplates, type TemplateData, type TemplateSet, templateErrors } from "../template/index.ts";
import { packageErrors } from "./errors.ts";
import type { Report } from "./events.ts";
import { hookContext } from "./hook-context.ts";
import { type InstalledPackage, packagesDirectory } from "./installed.ts";
import { INSTALL_HOOK_STATUS } from "./pending-hooks.ts";
import { makeRenderedParents, writeRendered } from "./rendered-file.ts";
import { type ServiceAccount, serviceAccount, serviceIdentity } from "./service-account.ts";
import { createServiceDirectories } from "./service-directories.ts";
import { serviceEnvironment } from "./service-environment.ts";
import { type ServicePaths, servicePaths } from "./service-paths.ts";

export type PackageHook = "install" | "uninstall";

const FAILURE_TITLES: { readonly [hook in PackageHook]: string } = {
  install: "Installation failed!",
  uninstall: "Uninstallation failed!",
};

const HOOK_MODE = 0o755;
const CONFIG_MODE = 0o740;

/** How long output may still come after a hook has ended: from a child it left behind, which keeps the pipe open. */
const TRAILING_OUTPUT_MS = 500;

export interface HookOptions {
  readonly root?: string;
  readonly token?: Secret<string>;
  readonly report?: Report;
  readonly signal?: AbortSignal;
}

/** Runs an install hook and keeps its exit code in INSTALL_HOOK_STATUS. Throws HAB-PKG-041 (its exit code is the hook's). */
export async function runInstallHook(pkg: InstalledPackage, options: HookOptions): Promise<void> {
  const exit = await runHook(pkg, "install", options);
  if (exit === undefined) return;
  if (exit.code !== null)
    writeFileWhole(join(pkg.path, INSTALL_HOOK_STATUS), String(exit.code), {
      mode: 0o666 & ~process.umask(),
    });
  throwUnlessSuccess(pkg, "install", exit, options.report);
}

/** Runs the uninstall hook, if there is one. Throws HAB-PKG-041 (its exit code is the hook's) and what stops it from running. */
export async function runUninstallHook(pkg: InstalledPackage, options: HookOptions = {}): Promise<void> {
  const exit = await runHook(pkg, "uninstall", options);
  if (exit !== undefined) throwUnlessSuccess(pkg, "uninstall", exit, options.report);
}

function throwUnlessSuccess(
  pkg: InstalledPackage,
  hook: PackageHook,
  { code, signal }: ProcessExit,
  report: Report | undefined,
): void {
  if (code === 0) return;
  report?.({
    kind: "hook note",
    ident: pkg.ident,
    key: "HK",
    // Compat: these lines are the original's.
    text:
      code === null
        ? `${hook} was terminated by signal Some(${signal === null ? "?" : (signalNumber(signal) ?? signal)})`
        : `${FAILURE_TITLES[hook]} '${hook}' exited with status code ${code}`,
  });
  throw new HabError(
    packageErrors.hookFailed,
    `the ${hook} hook of ${pkg} ${code === null ? `was ended by ${signal}` : `exited with status ${code}`}`,
    { exitCode: code ?? 1 },
  );
}

/** Renders and runs a hook. Undefined when the package has none that can be parsed (Compat: §14). */
async function runHook(
  pkg: InstalledPackage,
  hook: PackageHook,
  options: HookOptions,
): Promise<ProcessExit | undefined> {
  const templates = await hookTemplates(pkg, options.report);
  if (!templates.has(hook)) return undefined;
  options.report?.({ kind: "hook", hook, ident: pkg.ident });
  const paths = servicePaths(pkg.ident.name, pkg.root);
  const account = serviceAccount(pkg);
  const environment = serviceEnvironment(pkg);
  createServiceDirectories(paths, account);
  const context = hookContext(pkg, { paths, account, environment });
  const note = (key: "HK" | "CF", text: string) =>
    options.report?.({ kind: "hook note", ident: pkg.ident, key, text });
  await renderConfigInstall(pkg, paths, account, context, (path, change) =>
    note("CF", `${change === "created" ? "Created" : "Modified"} configuration file ${path}`),
  );
  for (const [name, template] of templates) {
    const path = join(paths.hooks, name);
    if (writeRendered(path, template.render(name, context), { mode: HOOK_MODE }) !== "unchanged")
      note("HK", `Modified hook content in ${path}`);
  }
  return execute(pkg, hook, paths, account, environment, options);
}

/** Both hooks, each on its own: one that cannot be parsed is left out and said. */
async function hookTemplates(
  pkg: InstalledPackage,
  report: Report | undefined,
): Promise<Map<PackageHook, TemplateSet>> {
  const found = new Map<PackageHook, TemplateSet>();
  for (const hook of ["install", "uninstall"] as const) {
    const source = readTextIfPresent(join(pkg.path, "hooks", hook));
    if (source === undefined) continue;
    try {
      found.set(
        hook,
        await compileTemplates(new Map([[hook, source]]), { packagesRoot: packagesDirectory(pkg.root) }),
      );
    } catch (error) {
      if (!isKind(error, templateErrors.syntax)) throw error;
      report?.({ kind: "hook ignored", hook, ident: pkg.ident, problem: describeError(error) });
    }
  }
  return found;
}

async function renderConfigInstall(
  pkg: InstalledPackage,
  paths: ServicePaths,
  account: ServiceAccount,
  context: TemplateData,
  changed: (path: string, change: "created" | "modified") => void,
): Promise<void> {
  const files = templateFiles(join(pkg.path, "config_install"));
  if (files.size === 0) return;
  const templates = await compileTemplates(files, { packagesRoot: packagesDirectory(pkg.root) });
  const owner = serviceIdentity(account);
  for (const name of templates.names) {
    const path = join(paths.configInstall, name);
    makeRenderedParents(paths.configInstall, path, owner);
    const change = writeRendered(path, templates.render(name, context), { mode: CONFIG_MODE, owner });
    if (change !== "unchanged") changed(path, change);
  }
}

/** Regular files below a directory by their path in it; links and special files are no templates. */
function templateFiles(directory: string): Map<string, string> {
  const files = new Map<string, string>();
  const walk = (place: string, prefix: string): void => {
    for (const entry of entriesOf(place)) {
      const name = `${prefix}${entry.name}`;
      if (entry.isDirectory()) walk(join(place, entry.name), `${name}/`);
      else if (entry.isFile()) files.set(name, readFileSync(join(place, entry.name), "utf8"));
    }
  };
  walk(directory, "");
  return files;
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

async function execute(
  pkg: InstalledPackage,
  hook: PackageHook,
  paths: ServicePaths,
  account: ServiceAccount,
  environment: ReadonlyMap<string, string>,
  { token, report, signal }: HookOptions,
): Promise<ProcessExit> {
  signal?.throwIfAborted();
  const user = serviceIdentity(account);
  const child = await startProcess({
    command: [join(paths.hooks, hook)],
    env: {
      ...environmentForServices(),
      ...Object.fromEntries(environment),
      ...(hook === "install" && token !== undefined && { HAB_AUTH_TOKEN: token.reveal() }),
    },
    ...(user !== undefined && { user }),
    stdout: "pipe",
    stderr: "pipe",
    name: `${hook} hook of ${pkg}`,
  });
  const print = (line: string) => report?.({ kind: "hook line", hook, ident: pkg.ident, line });
  const copies = Promise.all([
    copyLines(child.stdout, join(paths.logs, `${hook}.stdout.log`), print),
    copyLines(child.stderr, join(paths.logs, `${hook}.stderr.log`), print),
  ]);
  const exit = await child.exited;
  await Promise.race([copies, Bun.sleep(TRAILING_OUTPUT_MS)]);
  return exit;
}

/** Copies lines to a log file and to `print`. A log that cannot be written is done without. */
async function copyLines(output: ProcessOutput, path: string, print: (line: string) => void): Promise<void> {
  const log: FileHandle | undefined = await open(path, "w").catch(() => undefined);
  try {
    for await (const line of output.lines()) {
      print(line);
      await log?.appendFile(`${line}\n`);
    }
  } finally {
    await log?.close();
  }
}
