// What install and uninstall hooks see in their templates: `pkg` and `cfg` (reference/services.md §18, §21).
import { join } from "node:path";
import { readTextIfPresent } from "../host/index.ts";
import type { TemplateData } from "../template/index.ts";
import {
  configVariable,
  mergeTables,
  parseConfigVariable,
  parseToml,
  type TomlTable,
} from "../toml/index.ts";
import { formatIdent } from "./ident.ts";
import type { InstalledPackage } from "./installed.ts";
import type { ServiceAccount } from "./service-account.ts";
import type { ServicePaths } from "./service-paths.ts";

export interface HookContextOptions {
  readonly paths: ServicePaths;
  readonly account: ServiceAccount;
  readonly environment: ReadonlyMap<string, string>;
}

/** Throws HAB-TOML errors for a layer of the configuration that cannot be read. */
export function hookContext(pkg: InstalledPackage, options: HookContextOptions): TemplateData {
  const { paths, account, environment } = options;
  const { ident } = pkg;
  return {
    pkg: {
      ident: formatIdent(ident),
      origin: ident.origin,
      name: ident.name,
      version: ident.version,
      release: ident.release,
      deps: pkg.tdeps.map(({ origin, name, version, release }) => ({ origin, name, version, release })),
      env: environment,
      exposes: pkg.exposes,
      exports: new Map([...pkg.exports].sort(([a], [b]) => (a < b ? -1 : 1))),
      path: pkg.path,
      svc_path: paths.root,
      svc_config_path: paths.config,
      svc_config_install_path: paths.configInstall,
      svc_data_path: paths.data,
      svc_files_path: paths.files,
      svc_static_path: paths.static,
      svc_var_path: paths.var,
      svc_pid_file: paths.pidFile,
      svc_run: paths.run,
      svc_user: account.user,
      svc_group: account.group,
    },
    cfg: configuration(pkg),
  };
}

/** default.toml, then `HAB_<NAME>`, then user.toml. */
function configuration(pkg: InstalledPackage): TomlTable {
  const { name } = pkg.ident;
  const layers: TomlTable[] = [];
  const defaults = readTextIfPresent(join(pkg.path, "default.toml"));
  if (defaults !== undefined) layers.push(parseToml(defaults, { source: join(pkg.path, "default.toml") }));
  const variable = configVariable(name);
  const text = process.env[variable];
  if (text !== undefined) layers.push(parseConfigVariable(variable, text));
  const user = join(pkg.root, "hab", "user", name, "config", "user.toml");
  const userText = readTextIfPresent(user);
  if (userText !== undefined) layers.push(parseToml(userText, { source: user }));
  return layers.reduce((base, layer) => mergeTables(base, layer).table, parseToml("", { source: "" }));
}
