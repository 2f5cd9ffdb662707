# Where a package goes, and the version that a plan computes while it is built (reference/plan-build.md §4, §11).

__unset_version=__pkg__version__unset__
__version_is_final=
__dirname_is_ours=
__claimed=
__claiming=

_artifact_path() { pkg_artifact="$HAB_CACHE_ARTIFACT_PATH/$pkg_origin-$pkg_name-$pkg_version-$pkg_release-$pkg_target.$_artifact_ext"; }

_service_paths() {
  pkg_svc_path="$HAB_ROOT_PATH/svc/$1"
  pkg_svc_data_path="$pkg_svc_path/data"
  pkg_svc_files_path="$pkg_svc_path/files"
  pkg_svc_var_path="$pkg_svc_path/var"
  pkg_svc_config_path="$pkg_svc_path/config"
  pkg_svc_config_install_path="$pkg_svc_path/config_install"
  pkg_svc_static_path="$pkg_svc_path/static"
}

_default_paths() {
  if [[ -n "$pkg_source" && -z "$__from_debian" && -z "${pkg_filename+set}" ]]; then pkg_filename="${pkg_source##*/}"; fi
  if [[ -z "${pkg_dirname+set}" ]]; then
    pkg_dirname="$pkg_name-$pkg_version"
    __dirname_is_ours=yes
  fi
  if [[ -z "${pkg_prefix+set}" ]]; then pkg_prefix="$HAB_PKG_PATH/$pkg_origin/$pkg_name/$pkg_version/$pkg_release"; fi
  CACHE_PATH="$HAB_CACHE_SRC_PATH/$pkg_dirname"
  if [[ -n "$pkg_source" ]]; then SRC_PATH="$CACHE_PATH"; fi
  _artifact_path
}

# _claim_release: from here on the prefix is this build's alone, once it is known.
_claim_release() {
  __claiming=yes
  if [[ "$pkg_version" == "$__unset_version" || "$pkg_prefix" == "$__claimed" ]]; then return 0; fi
  _ask claim-release "$pkg_prefix"
  __claimed="$pkg_prefix"
}

# _clear_prefix: what a failed build of the same release has left goes; a release that is complete ends the build.
_clear_prefix() {
  if [[ -d "$pkg_prefix" && "$pkg_prefix" == "$HAB_PKG_PATH"/*/*/*/?* ]]; then _ask clear-prefix "$pkg_prefix"; fi
}

# update_pkg_version: takes the version from the plan's pkg_version() and carries it to everything made from it.
update_pkg_version() {
  local __old="$pkg_version" __old_cache="$CACHE_PATH" __new __table __key
  if [[ -n "$__version_is_final" ]]; then
    exit_with "Plan called 'update_pkg_version()' in phase 'do_prepare()' or later which is not supported. Package version must be determined before 'do_prepare()' phase." 21
  fi
  if _is_function pkg_version; then
    __new="$(pkg_version)"
    if [[ -z "$__new" || "$__new" == */* || "$__new" == *[[:space:]]* ]]; then
      exit_with "pkg_version() printed '$__new', which is not a version" 2
    fi
    pkg_version="$__new"
    build_line "Version updated to '$pkg_version'"
  fi
  if [[ -n "$__dirname_is_ours" ]]; then pkg_dirname="$pkg_name-$pkg_version"; fi
  pkg_prefix="$HAB_PKG_PATH/$pkg_origin/$pkg_name/$pkg_version/$pkg_release"
  CACHE_PATH="$HAB_CACHE_SRC_PATH/$pkg_dirname"
  if [[ "$SRC_PATH" == "$__old_cache" ]]; then SRC_PATH="$CACHE_PATH"; fi
  _artifact_path
  if [[ -n "$__claiming" ]]; then _claim_release; fi
  if [[ "$pkg_version" != "$__old" ]]; then _clear_prefix; fi

  PATH="${PATH//"$__unset_version"/$pkg_version}"
  build_line "Updating PATH=$PATH"
  for __table in __runtime_environment __runtime_environment_provenance __buildtime_environment __buildtime_environment_provenance; do
    local -n __entries_of="$__table"
    for __key in "${!__entries_of[@]}"; do
      # What was exported with the placeholder must not reach the compiler either.
      if [[ "$__table" == *_environment && "${!__key}" == *"$__unset_version"* ]]; then
        export "$__key=${!__key//"$__unset_version"/$pkg_version}"
      fi
      __entries_of[$__key]="${__entries_of[$__key]//"$__unset_version"/$pkg_version}"
    done
    unset -n __entries_of
  done
}
