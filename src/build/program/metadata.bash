# The files that describe a package (reference/plan-build.md §10.3). Each is written only when it has something to say.

# _write_metadata FILE TEXT
_write_metadata() {
  if [[ -n "$2" ]]; then
    debug "Rendering $1 metadata file"
    printf '%s\n' "$2" >"$pkg_prefix/$1"
  else
    debug "Would have rendered $1, but there was no data for it"
  fi
}

# _write_lines FILE LINE...
_write_lines() {
  local file="$1" IFS=$'\n'
  shift
  _write_metadata "$file" "$*"
}

# _write_table FILE ARRAY: `key=value` lines in the order of the keys, so that builds can be compared.
_write_table() {
  local -n __table="$2"
  local file="$1" key lines=()
  for key in "${!__table[@]}"; do lines+=("$key" "${__table[$key]}"); done
  if ((${#__table[@]} > 0)); then _ask table "${lines[@]}"; else __answer=(); fi
  _write_lines "$file" "${__answer[@]}"
}

# _write_directories FILE PREFIX SEPARATOR DIRECTORY...: directories below the package.
_write_directories() {
  if (($# == 3)); then
    _write_metadata "$1" ''
    return
  fi
  local file="$1" prefix="$2" separator="$3" directory text=
  shift 3
  for directory in "$@"; do text+="${text:+$separator}$prefix$pkg_prefix/$directory"; done
  _write_metadata "$file" "$text"
}

_render_metadata_LD_RUN_PATH() { _write_directories LD_RUN_PATH '' : "${pkg_lib_dirs[@]}"; }
_render_metadata_LDFLAGS() { _write_directories LDFLAGS -L ' ' "${pkg_lib_dirs[@]}"; }
_render_metadata_CFLAGS() { _write_directories CFLAGS -I ' ' "${pkg_include_dirs[@]}"; }
_render_metadata_CPPFLAGS() { _write_directories CPPFLAGS -I ' ' "${pkg_include_dirs[@]}"; }
_render_metadata_CXXFLAGS() { _write_directories CXXFLAGS -I ' ' "${pkg_include_dirs[@]}"; }

_render_metadata_PKG_CONFIG_PATH() {
  local directories=("${pkg_pconfig_dirs[@]}") directory
  if ((${#directories[@]} == 0)); then
    for directory in lib/pkgconfig share/pkgconfig; do
      if [[ -d "$pkg_prefix/$directory" ]]; then directories+=("$directory"); fi
    done
  fi
  _write_directories PKG_CONFIG_PATH '' : "${directories[@]}"
}

_render_metadata_BUILDTIME_ENVIRONMENT() { _write_table BUILDTIME_ENVIRONMENT __buildtime_environment; }
_render_metadata_BUILDTIME_ENVIRONMENT_PROVENANCE() {
  _write_table BUILDTIME_ENVIRONMENT_PROVENANCE __buildtime_environment_provenance
}
_render_metadata_PATH() { _write_directories PATH '' : "${pkg_bin_dirs[@]}"; }
_render_metadata_EXPORTS() { _write_table EXPORTS pkg_exports; }

# The ports of exposed exports, read from default.toml.
_render_metadata_EXPOSES() {
  local export path ports=()
  for export in "${pkg_exposes[@]}"; do
    path="${pkg_exports[$export]}"
    if [[ -z "$path" ]]; then exit_with "Bad value in pkg_exposes; No pkg_export found matching key: $export" 1; fi
    if ! _ask toml "$PLAN_CONTEXT/default.toml" "$path"; then
      exit_with "Bad pkg_export in pkg_exposes; ${__answer[0]}" 1
    fi
    if ! [[ "${__answer[0]}" =~ ^0*[1-9][0-9]{0,4}$ ]] || ((10#${__answer[0]} > 65535)); then
      exit_with "Bad pkg_export in pkg_exposes; Value of key \"$path\" does not contain a valid TCP or UDP port number: ${__answer[0]}" 1
    fi
    ports+=("${__answer[0]}")
  done
  _write_metadata EXPOSES "${ports[*]}"
}

_render_metadata_BINDS() { _write_table BINDS pkg_binds; }
_render_metadata_BINDS_OPTIONAL() { _write_table BINDS_OPTIONAL pkg_binds_optional; }
_render_metadata_INTERPRETERS() { _write_lines INTERPRETERS "${pkg_interpreters[@]/#/$pkg_prefix/}"; }
_render_metadata_BUILD_DEPS() { _write_lines BUILD_DEPS "${pkg_build_deps_resolved[@]#"$HAB_PKG_PATH"/}"; }
_render_metadata_BUILD_TDEPS() { _write_lines BUILD_TDEPS "${pkg_build_tdeps_resolved[@]#"$HAB_PKG_PATH"/}"; }
_render_metadata_DEPS() { _write_lines DEPS "${pkg_deps_resolved[@]#"$HAB_PKG_PATH"/}"; }
_render_metadata_TDEPS() { _write_lines TDEPS "${pkg_tdeps_resolved[@]#"$HAB_PKG_PATH"/}"; }

# TARGET is what makes a directory a package, so it is listed and packed, but written last of all (`_deliver`): a build that is
# killed leaves nothing that looks installed.
_render_metadata_TARGET() {
  debug "Rendering TARGET metadata file"
  __target="$pkg_target"
  if [[ -e "$pkg_prefix/TARGET" || -L "$pkg_prefix/TARGET" ]]; then _ask remove "$pkg_prefix/TARGET"; fi
}

_render_metadata_IDENT() { _write_metadata IDENT "$pkg_origin/$pkg_name/$pkg_version/$pkg_release"; }

# _is_service: whether the Supervisor can run it.
_is_service() {
  local __run_hook
  _run_hook || [[ -n "$pkg_svc_run" ]]
}
_render_metadata_SVC_USER() { if _is_service; then _write_metadata SVC_USER "$pkg_svc_user"; fi; }
_render_metadata_SVC_GROUP() { if _is_service; then _write_metadata SVC_GROUP "$pkg_svc_group"; fi; }
_render_metadata_SHUTDOWN_SIGNAL() { if [[ -n "$pkg_shutdown_signal" ]]; then _write_metadata SHUTDOWN_SIGNAL "$pkg_shutdown_signal"; fi; }
_render_metadata_SHUTDOWN_TIMEOUT() { if [[ -n "$pkg_shutdown_timeout_sec" ]]; then _write_metadata SHUTDOWN_TIMEOUT "$pkg_shutdown_timeout_sec"; fi; }
_render_metadata_PACKAGE_TYPE() { if [[ -n "$HAB_NATIVE_PACKAGE" ]]; then _write_metadata PACKAGE_TYPE native; fi; }

# _runtime_path: sets `__runtime_path`; own directories, then those of direct, then of all run dependencies.
_runtime_path() {
  local package all __entries
  local -A seen=()
  all=("${pkg_bin_dirs[@]/#/$pkg_prefix/}")
  for package in "${pkg_deps_resolved[@]}" "${pkg_tdeps_resolved[@]}"; do
    if [[ -n "${seen["$package"]}" ]]; then continue; fi
    seen["$package"]=yes
    _package_path_entries "$package"
    all+=("${__entries[@]}")
  done
  _joined_paths __runtime_path "${all[@]}"
}

_render_metadata_RUNTIME_PATH() {
  _runtime_path
  _write_metadata RUNTIME_PATH "$__runtime_path"
}

# Compat: PATH stands here too, for readers of the time before RUNTIME_PATH.
_render_metadata_RUNTIME_ENVIRONMENT() {
  local key
  local -A variables=()
  if [[ -z "$__runtime_path" ]]; then _runtime_path; fi
  for key in "${!__runtime_environment[@]}"; do variables[$key]="${__runtime_environment[$key]}"; done
  if [[ -n "$__runtime_path" ]]; then variables[PATH]="$__runtime_path"; fi
  _write_table RUNTIME_ENVIRONMENT variables
}

_render_metadata_RUNTIME_ENVIRONMENT_PROVENANCE() {
  _write_table RUNTIME_ENVIRONMENT_PROVENANCE __runtime_environment_provenance
}

_build_metadata() {
  build_line "Building package metadata"
  local file __runtime_path=
  for file in LD_RUN_PATH LDFLAGS CFLAGS CPPFLAGS CXXFLAGS PKG_CONFIG_PATH BUILDTIME_ENVIRONMENT \
    BUILDTIME_ENVIRONMENT_PROVENANCE PATH EXPORTS; do
    "_render_metadata_$file"
  done
  if ((${#pkg_exposes[@]} > 0)); then _render_metadata_EXPOSES; fi
  for file in BINDS BINDS_OPTIONAL INTERPRETERS BUILD_DEPS BUILD_TDEPS DEPS TDEPS TARGET IDENT SVC_USER SVC_GROUP \
    SHUTDOWN_SIGNAL SHUTDOWN_TIMEOUT PACKAGE_TYPE RUNTIME_PATH RUNTIME_ENVIRONMENT RUNTIME_ENVIRONMENT_PROVENANCE; do
    "_render_metadata_$file"
  done
}

# _tell_settings: for the bill of materials and the provenance, which come into being with FILES.
_tell_settings() {
  if [[ -z "$__has_lock" ]]; then _tell resolved "${__resolution[@]}"; fi
  _tell settings "origin=$pkg_origin" "name=$pkg_name" "version=$pkg_version" "release=$pkg_release" \
    "description=$pkg_description" "upstream-url=$pkg_upstream_url" "${pkg_license[@]/#/license=}" \
    "plan=$PLAN_CONTEXT/$HAB_PLAN_FILENAME" "compression-level=$HAB_HART_COMPRESSION_LEVEL" \
    "source-cache=$HAB_CACHE_SRC_PATH" "source=$pkg_source" "source-file=$pkg_filename" "source-sha256=$pkg_shasum"
}

# The signed list of digests of every file of the package.
_render_metadata_FILES() {
  build_line "Generating blake2b hashes of all files in the package"
  local list="$CACHE_PATH/${pkg_name}_blake2bsums"
  # One request for both; a list that cannot be made is not said to be signed.
  _tell_settings
  _ask list-files "$pkg_prefix" "$list" "$__target" "$pkg_origin"
  build_line "Generating signed metadata FILES"
}

# _flags_line NAME: a variable of the compiler, or that there is none.
_flags_line() { printf '%s: %s\n' "$1" "${!1:-no $1}"; }

# _backticked ABSENT ITEM...
_backticked() {
  local absent="$1"
  shift
  if (($# > 0)); then printf '`%s `' "$*"; else printf '%s' "$absent"; fi
}

# MANIFEST is for people: the package in Markdown, with its plan.
_build_manifest() {
  build_line "Creating manifest"
  local source="source URL not provided or required" digest="SHA256 checksum not provided or required"
  local upstream="upstream project's website or home page is not defined" plan file
  if [[ -n "$pkg_source" ]]; then source="[$pkg_source]($pkg_source)"; fi
  if [[ -n "$pkg_shasum" ]]; then digest="\`$pkg_shasum\`"; fi
  if [[ -n "$pkg_upstream_url" ]]; then upstream="[$pkg_upstream_url]($pkg_upstream_url)"; fi
  IFS= read -r -d '' plan <"$PLAN_CONTEXT/$HAB_PLAN_FILENAME" || true
  while [[ "$plan" == *$'\n' ]]; do plan="${plan%$'\n'}"; done
  {
    printf '# %s / %s\n%s\n\n' "$pkg_origin" "$pkg_name" "$pkg_description"
    printf '* __%s__: %s\n' Maintainer "$pkg_maintainer" Version "$pkg_version" Release "$pkg_release" \
      Target "$pkg_target" "Upstream URL" "$upstream" License "${pkg_license[*]} " Source "$source" SHA "$digest" \
      Path "\`$pkg_prefix\`"
    printf '* __Build Dependencies__: '
    _backticked "no build dependencies or undefined" "${pkg_build_deps[@]}"
    printf '\n* __Dependencies__: '
    _backticked "no runtime dependencies or undefined" "${pkg_deps[@]}"
    printf '\n* __Interpreters__: '
    _backticked "no interpreters or undefined" "${pkg_interpreters[@]}"
    printf '\n\n# Plan\n\n## Build Flags\n\n```bash\n'
    for file in CFLAGS CPPFLAGS CXXFLAGS LDFLAGS LD_RUN_PATH; do _flags_line "$file"; done
    printf '```\n\n## Plan Source\n\n```bash\n%s\n```\n' "$plan"
  } >"$pkg_prefix/MANIFEST"
}
