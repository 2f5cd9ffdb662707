// Install and uninstall hooks: run as the service's user after a package has come, and before its last release goes
// (reference/packages.md §14, services.md §18).

import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "../crypto/index.ts";
import { describeError, HabError, isKind, systemErrorCode } from "../error/index.ts";
import {
  endOf,
  environmentForServices,
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
import { type HookEnd, hookEnd } from "./hook-end.ts";
import { type HookSettings, hookSetting, readHookSettings } from "./hook-settings.ts";
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

/** Between SIGTERM and SIGKILL for a hook whose time is over. */
const GRACE_MS = 2_000;

export interface HookOptions {
  readonly root?: string;
  readonly token?: Secret<string>;
  readonly report?: Report;
  /** Aborting ends the hook with all it has started. */
  readonly signal?: AbortSignal | undefined;
  /** Goes before what the package says in its `hooks.toml`. */
  readonly settings?: HookSettings;
}

/**
 * Runs an install hook and keeps its exit code in INSTALL_HOOK_STATUS. Throws HAB-PKG-041 (its exit code is the hook's),
 * HAB-PKG-072 and the reason of the signal.
 */
export async function runInstallHook(pkg: InstalledPackage, options: HookOptions): Promise<void> {
  const end = await runHook(pkg, "install", options);
  if (end === undefined) return;
  if (end.kind === "code")
    writeFileWhole(join(pkg.path, INSTALL_HOOK_STATUS), String(end.code), {
      mode: 0o666 & ~process.umask(),
    });
  throwUnlessSuccess(pkg, "install", end, options);
}

/**
 * Runs the uninstall hook, if there is one. Throws HAB-PKG-041 (its exit code is the hook's), HAB-PKG-072, the reason of the
 * signal, and what stops it from running.
 */
export async function runUninstallHook(pkg: InstalledPackage, options: HookOptions = {}): Promise<void> {
  const end = await runHook(pkg, "uninstall", options);
  if (end !== undefined) throwUnlessSuccess(pkg, "uninstall", end, options);
}

function throwUnlessSuccess(
  pkg: InstalledPackage,
  hook: PackageHook,
  end: HookEnd,
  { signal, report }: HookOptions,
): void {
  const failed = (how: string, exitCode: number) =>
    new HabError(packageErrors.hookFailed, `the ${hook} hook of ${pkg} ${how}`, { exitCode });
  // Compat: these lines are the original's.
  const note = (text: string) => report?.({ kind: "hook note", ident: pkg.ident, key: "HK", text });
  switch (end.kind) {
    case "code":
      if (end.code === 0) return;
      note(`${FAILURE_TITLES[hook]} '${hook}' exited with status code ${end.code}`);
      throw failed(`exited with status ${end.code}`, end.code);
    case "signal":
      note(`${hook} was terminated by signal Some(${signalNumber(end.signal) ?? end.signal})`);
      throw failed(`was ended by ${end.signal}`, 1);
    case "timeout":
      throw new HabError(
        packageErrors.hookTimedOut,
        `the ${hook} hook of ${pkg} did not end within ${end.seconds} s and was ended`,
      );
    case "abandoned":
      signal?.throwIfAborted();
  }
}

/** Renders and runs a hook. Undefined when the package has none that can be parsed (Compat: §14). */
async function runHook(
  pkg: InstalledPackage,
  hook: PackageHook,
  options: HookOptions,
): Promise<HookEnd | undefined> {
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
  { token, report, signal, settings = {} }: HookOptions,
): Promise<HookEnd> {
  signal?.throwIfAborted();
  const { timeout = 0 } = hookSetting(hook, settings, readHookSettings(pkg.path).settings);
  const started = performance.now();
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
  const limitMs = timeout === 0 ? undefined : timeout * 1000;
  const end = hookEnd(await endOf(child, { limitMs, signal, graceMs: () => GRACE_MS }), timeout);
  report?.({
    kind: "hook ended",
    hook,
    ident: pkg.ident,
    end,
    seconds: (performance.now() - started) / 1000,
  });
  await Promise.race([copies, Bun.sleep(TRAILING_OUTPUT_MS)]);
  return end;
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
