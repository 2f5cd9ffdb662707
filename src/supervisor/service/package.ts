// A package as its service sees it: identity, paths, environment, account, what it binds and exports
// (reference/services.md §4, §21, §22). Read from disk once per start of the service.
import { join } from "node:path";
import { isRegularFile } from "../../host/index.ts";
import {
  type FullIdent,
  formatIdent,
  type HookSettings,
  type InstalledPackage,
  type ServiceAccount,
  type ServicePaths,
  serviceAccount,
  serviceEnvironment,
  servicePaths,
} from "../../package/index.ts";
import type { JsonInput } from "../../toml/index.ts";
import type { BindRequirements } from "../census/binds.ts";

export interface ServicePackage {
  readonly ident: FullIdent;
  /** Directory of the release. */
  readonly path: string;
  /** Transitive run-time dependencies. */
  readonly deps: readonly FullIdent[];
  readonly env: ReadonlyMap<string, string>;
  readonly exposes: readonly string[];
  /** External name → dotted path in the configuration, by name. */
  readonly exports: ReadonlyMap<string, string>;
  readonly requiredBinds: BindRequirements;
  readonly optionalBinds: BindRequirements;
  readonly account: ServiceAccount;
  readonly shutdownSignal: string;
  readonly shutdownTimeoutSeconds: number;
  /** What its `hooks.toml` says (beyond the original). */
  readonly hookSettings: HookSettings;
  readonly paths: ServicePaths;
}

/** Reads everything a service needs to know of its package. Throws what the metadata files make throw. */
export function readServicePackage(installed: InstalledPackage, hookSettings: HookSettings): ServicePackage {
  return {
    ident: installed.ident,
    path: installed.path,
    deps: installed.tdeps,
    env: serviceEnvironment(installed),
    exposes: installed.exposes,
    exports: new Map([...installed.exports].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
    requiredBinds: requirements(installed.binds),
    optionalBinds: requirements(installed.optionalBinds),
    account: serviceAccount(installed),
    shutdownSignal: installed.shutdownSignal,
    shutdownTimeoutSeconds: installed.shutdownTimeoutSeconds,
    hookSettings,
    paths: servicePaths(installed.ident.name, installed.root),
  };
}

function requirements(binds: InstalledPackage["binds"]): BindRequirements {
  return new Map(binds.map((bind) => [bind.name, bind.exports]));
}

/** The run program: the rendered hook, or the package's own `run` where it has no template for one. */
export function packageRunFile(pkg: ServicePackage): string | undefined {
  const path = join(pkg.path, "run");
  return isRegularFile(path) ? path : undefined;
}

/** `pkg` as templates see it, in the order of §21. */
export function packageContext(pkg: ServicePackage) {
  const { ident, paths } = pkg;
  return {
    ident: formatIdent(ident),
    origin: ident.origin,
    name: ident.name,
    version: ident.version,
    release: ident.release,
    deps: pkg.deps.map(identFields),
    env: Object.fromEntries(pkg.env),
    exposes: [...pkg.exposes],
    exports: Object.fromEntries(pkg.exports),
    path: pkg.path,
    svc_path: paths.root,
    svc_config_path: paths.config,
    svc_data_path: paths.data,
    svc_files_path: paths.files,
    svc_static_path: paths.static,
    svc_var_path: paths.var,
    svc_pid_file: paths.pidFile,
    svc_run: paths.run,
    svc_user: pkg.account.user,
    svc_group: pkg.account.group,
  };
}

/** `pkg` as the HTTP gateway shows it, in the order of §22. */
export function packageJson(pkg: ServicePackage): JsonInput {
  const { deps, env, exposes, exports, path, svc_path, svc_config_path, ...rest } = packageContext(pkg);
  const { ident, origin, name, version, release, ...paths } = rest;
  return {
    ident,
    origin,
    name,
    version,
    release,
    deps,
    dependencies: pkg.deps.map(formatIdent),
    env,
    exposes,
    exports,
    path,
    svc_path,
    svc_config_path,
    svc_config_install_path: pkg.paths.configInstall,
    ...paths,
    shutdown_signal: pkg.shutdownSignal,
    shutdown_timeout: BigInt(pkg.shutdownTimeoutSeconds),
  };
}

function identFields({ origin, name, version, release }: FullIdent) {
  return { origin, name, version, release };
}
