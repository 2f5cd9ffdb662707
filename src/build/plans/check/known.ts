// The names a plan may use: settings, variables and functions of the build program (reference/plan-build.md §4, §5, §11),
// hooks (reference/services.md). What the program itself shows is read from it, so that it cannot grow old.
import { ENDING_HOOKS } from "../../../package/index.ts";
import { PROGRAM_TEXT } from "../../program.ts";
import { parseScript, walk } from "../bash/index.ts";

/** Settings whose value is one text. */
export const TEXT_SETTINGS: ReadonlySet<string> = new Set([
  "pkg_name",
  "pkg_origin",
  "pkg_version",
  "pkg_description",
  "pkg_maintainer",
  "pkg_upstream_url",
  "pkg_source",
  "pkg_filename",
  "pkg_shasum",
  "pkg_dirname",
  "pkg_svc_run",
  "pkg_svc_user",
  "pkg_svc_group",
  "pkg_shutdown_signal",
  "pkg_shutdown_timeout_sec",
  "pkg_scaffolding",
  "pkg_type",
  "pkg_prefix",
]);

/** Settings whose value is a list. */
export const LIST_SETTINGS: ReadonlySet<string> = new Set([
  "pkg_license",
  "pkg_deps",
  "pkg_build_deps",
  "pkg_bin_dirs",
  "pkg_lib_dirs",
  "pkg_include_dirs",
  "pkg_pconfig_dirs",
  "pkg_interpreters",
  "pkg_exposes",
  "pkg_inputs",
]);

/** Settings whose value is a table. */
export const TABLE_SETTINGS: ReadonlySet<string> = new Set([
  "pkg_exports",
  "pkg_binds",
  "pkg_binds_optional",
]);

/** Settings that do something no more, or somewhere else. */
export const REMOVED_SETTINGS: Readonly<Record<string, string>> = {
  pkg_services: "composite packages are no longer built",
  pkg_resolves: "composite packages are no longer built",
  pkg_bind_map: "composite packages are no longer built",
  pkg_gpg_key: "packages are signed with the key of their origin",
  pkg_expose: "ports are exposed by pkg_exports and pkg_exposes",
  pkg_dep: "dependencies are in pkg_deps",
};

/** What the build program sets and a plan only reads. */
export const PROVIDED: ReadonlySet<string> = new Set([
  "pkg_release",
  "pkg_target",
  "pkg_artifact",
  "pkg_output_path",
  "pkg_svc_path",
  "pkg_svc_data_path",
  "pkg_svc_files_path",
  "pkg_svc_var_path",
  "pkg_svc_config_path",
  "pkg_svc_config_install_path",
  "pkg_svc_static_path",
  "pkg_deps_resolved",
  "pkg_tdeps_resolved",
  "pkg_build_deps_resolved",
  "pkg_build_tdeps_resolved",
  "pkg_all_deps_resolved",
  "pkg_all_tdeps_resolved",
]);

/** Variables of the environment and of the build program whose names begin with HAB_. */
export const HAB_VARIABLES: ReadonlySet<string> = new Set([
  "HAB_ROOT_PATH",
  "HAB_PKG_PATH",
  "HAB_CACHE_SRC_PATH",
  "HAB_CACHE_ARTIFACT_PATH",
  "HAB_CACHE_KEY_PATH",
  "HAB_PLAN_FILENAME",
  "HAB_PLAN_BUILD",
  "HAB_BIN",
  "HAB_BLDR_URL",
  "HAB_BLDR_CHANNEL",
  "HAB_REFRESH_CHANNEL",
  "HAB_FALLBACK_CHANNEL",
  "HAB_PREFER_LOCAL_CHEF_DEPS",
  "HAB_HART_COMPRESSION_LEVEL",
  "HAB_ORIGIN",
  "HAB_OUTPUT_PATH",
  "HAB_SRC_PATH",
  "HAB_NATIVE_PACKAGE",
  "HAB_CONFIG_EXCLUDE",
  "HAB_NOCOLORING",
  "HAB_NONINTERACTIVE",
  "HAB_AUTH_TOKEN",
  "HAB_LICENSE",
  "HAB_STUDIO_SUP",
  "HAB_STUDIO_ROOT",
  "HAB_STUDIO_BINARY",
  "HAB_STUDIO_NOSTUDIORC",
  "HAB_STUDIO_HOST_ARCH",
  "HAB_UPDATE_STRATEGY_PERIOD_MS",
  "HAB_DEBIAN_MIRROR",
  "HAB_DEBIAN_SECURITY_MIRROR",
]);

/** Hooks that a Supervisor, an installation or a removal runs. */
export const HOOKS: ReadonlySet<string> = new Set([...ENDING_HOOKS, "run"]);

export interface ProgramNames {
  readonly functions: ReadonlySet<string>;
  /** What a plan is meant to define: `do_build` and the like, without their defaults. */
  readonly callbacks: ReadonlySet<string>;
  /** Variables the program reads: settings that are in no list here are known all the same. */
  readonly variables: ReadonlySet<string>;
}

/** Callbacks the program calls only when a plan defines them. */
const OPTIONAL_CALLBACKS = ["do_check", "do_after_success", "do_after_failure", "pkg_version"];

let known: ProgramNames | undefined;

/** The names in the build program. */
export function programNames(): ProgramNames {
  if (known === undefined) {
    const found = walk(parseScript(PROGRAM_TEXT).commands);
    const functions = found.flatMap((each) => (each.kind === "function" ? [each.definition.name] : []));
    const variables = found.flatMap((each) => (each.kind === "variable" ? [each.variable.name] : []));
    const callbacks = functions.filter((name) => /^do_(?!default_)/.test(name));
    known = {
      functions: new Set(functions),
      callbacks: new Set([...callbacks, ...OPTIONAL_CALLBACKS]),
      variables: new Set(variables),
    };
  }
  return known;
}
