# The build from its first to its last step (reference/plan-build.md §2-§4, §9). What is above only defines.

set -eE
umask 0022
unset TERMINFO BUILD_PKG_TARGET

# hab may have started this program before it knew whether there is anything to build.
if ! IFS= read -r -d '' -u "$__from_hab"; then exit 0; fi
_receive
set -- "${__answer[0]}"
pkg_target="${__answer[1]}"
pkg_release="${__answer[2]}"
HAB_PLAN_BUILD="${__answer[3]}"
HAB_BIN="${__answer[4]}"
# Whether the build has a lock, and so wants to know at once which releases were found.
__has_lock="${__answer[5]}"
for __setting in "${__answer[@]:6}"; do export "$__setting"; done
__answer=()
unset __setting
# Not before: there are secrets among these.
if [[ -n "$DEBUG" ]]; then set -x; fi

THIS_PROGRAM=hab-plan-build
INITIAL_PATH="$PATH"
INITIAL_PWD="$PWD"

# _on_exit STATUS: the one way out. A signal counts as failure whatever ran before it, and so does an `exit 0` before there
# is a package.
_on_exit() {
  local __status="$1"
  if ((BASH_SUBSHELL > 0)); then exit "$__status"; fi
  trap - ERR EXIT
  # A second signal does not cut the last words short; what they run it ends as ever.
  trap : HUP INT QUIT TERM
  : "${pkg_name:=unknown}"
  if ((__status == 0)) && [[ -z "$__delivered" ]]; then
    warn "The plan ended the build with 'exit 0' before there was a package"
    __status=1
  fi
  build_line "Build time: $((SECONDS / 60))m$((SECONDS % 60))s"
  if ((__status != 0)); then
    _print '' 31 "Exiting on error"
    _run_callback do_after_failure "'do_after_failure' callback failed"
    trap - ERR
  fi
  exit "$__status"
}

# _run_callback NAME COMPLAINT: an optional last word of the plan, which changes nothing any more.
_run_callback() {
  if ! _is_function "$1"; then return 0; fi
  build_line "'$1' callback function is defined; executing..."
  # A condition around it would switch errexit off in the callback, so what catches failures steps aside instead.
  trap - ERR
  set +e
  (
    set -e
    "$1"
  )
  if (($? != 0)); then build_line "$2"; fi
  trap '_on_error $? "$BASH_COMMAND"' ERR
  set -e
}

__program_file="${BASH_SOURCE[0]}"
trap '_on_error $? "$BASH_COMMAND"' ERR
trap '_on_exit $?' EXIT
trap '_on_exit 129' HUP
trap '_on_exit 130' INT
trap '_on_exit 131' QUIT
trap '_on_exit 143' TERM

: "${HAB_ROOT_PATH:=/hab}"
HAB_PKG_PATH="$HAB_ROOT_PATH/pkgs"
: "${HAB_CACHE_SRC_PATH:=$HAB_ROOT_PATH/cache/src}"
# Only a build that checks another one keeps its artifact elsewhere.
HAB_CACHE_ARTIFACT_PATH="${HAB_CHECK_ARTIFACT_PATH:-$HAB_ROOT_PATH/cache/artifacts}"
export HAB_CACHE_KEY_PATH="${HAB_CACHE_KEY_PATH:-$HAB_ROOT_PATH/cache/keys}"
export HAB_BLDR_URL="${HAB_BLDR_URL:-https://bldr.habitat.sh}"
export HAB_BLDR_CHANNEL="${HAB_BLDR_CHANNEL:-base}"
: "${HAB_REFRESH_CHANNEL:=base}"
# Compat: set but empty stays empty.
: "${HAB_FALLBACK_CHANNEL=stable}"
: "${HAB_PREFER_LOCAL_CHEF_DEPS:=false}"
: "${HAB_HART_COMPRESSION_LEVEL:=6}"
HAB_PLAN_FILENAME=plan.sh
_artifact_ext=hart

pkg_name=
pkg_origin=
pkg_version=
pkg_deps=()
pkg_build_deps=()
pkg_bin_dirs=()
pkg_lib_dirs=()
pkg_include_dirs=()
pkg_pconfig_dirs=()
pkg_svc_run=
pkg_svc_user=hab
pkg_svc_group=hab
declare -A pkg_exports
declare -A pkg_binds
declare -A pkg_binds_optional
pkg_exposes=()
# Beyond the original: files elsewhere that `hab plan rebuild` watches.
pkg_inputs=()
_deb_defaults
unset pkg_description pkg_maintainer pkg_license pkg_upstream_url pkg_source pkg_filename pkg_shasum pkg_dirname \
  pkg_interpreters pkg_shutdown_signal pkg_shutdown_timeout_sec pkg_scaffolding pkg_type pkg_prefix pkg_artifact

# _hint_at_other_plans CONTEXT: there may be plans, but none that can be built here.
_hint_at_other_plans() {
  local place plan target
  for place in "$1" "$1/habitat"; do
    for plan in "$place"/plan.ps1 "$place"/*/plan.ps1; do
      if [[ -f "$plan" ]]; then
        printf '   %s is a plan for Windows, in PowerShell: build it there, with a hab for Windows.\n' "$plan" >&2
      fi
    done
    for plan in "$place"/*-linux/plan.sh "$place"/*-darwin/plan.sh "$place"/*-linux-kernel2/plan.sh; do
      target="${plan%/*}"
      target="${target##*/}"
      if [[ -f "$plan" && "$target" != "$pkg_target" ]]; then
        printf '   There is a plan for %s, which this machine, being %s, cannot build.\n' "$target" "$pkg_target" >&2
      fi
    done
  done
}

# _find_plan CONTEXT: sets PLAN_CONTEXT to the directory of the one plan that is meant.
_find_plan() {
  local context="$1" candidate plain=() targeted=() found=() IFS=,
  for candidate in "$context/$HAB_PLAN_FILENAME" "$context/habitat/$HAB_PLAN_FILENAME"; do
    if [[ -f "$candidate" ]]; then plain+=("$candidate"); fi
  done
  for candidate in "$context/$pkg_target/$HAB_PLAN_FILENAME" "$context/habitat/$pkg_target/$HAB_PLAN_FILENAME"; do
    if [[ -f "$candidate" ]]; then targeted+=("$candidate"); fi
  done
  found=("${plain[@]}")
  if ((${#targeted[@]} > 0)); then
    found=("${targeted[@]}")
    if ((${#plain[@]} > 0)); then
      warn "There is a plan.sh inside $pkg_target and outside as well. Using the plan in $pkg_target."
      warn "It is advisable to either remove the plan that is outside $pkg_target"
      warn "or move that plan to its own target folder if it is intended for a different target."
    fi
  fi
  if ((${#found[@]} > 1)); then
    exit_with "A Plan file was found in the following paths: ${found[*]}. Only one is allowed at a time" 42
  elif ((${#found[@]} == 0)); then
    _hint_at_other_plans "$context"
    found=("$context/$HAB_PLAN_FILENAME" "$context/habitat/$HAB_PLAN_FILENAME"
      "$context/$pkg_target/$HAB_PLAN_FILENAME" "$context/habitat/$pkg_target/$HAB_PLAN_FILENAME")
    exit_with "Plan file not found in any of these paths: ${found[*]}" 42
  fi
  PLAN_CONTEXT="${found[0]%/*}"
}

# _is_plain_name TEXT: letters, digits, `_` and `-` of ASCII, in every locale.
_is_plain_name() {
  [[ -n "$1" && "$1" != *[!abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-]* ]]
}

_validate_plan() {
  build_line "Validating plan metadata"
  if [[ -n "$HAB_ORIGIN" ]]; then pkg_origin="$HAB_ORIGIN"; fi
  local setting
  for setting in pkg_name pkg_origin; do
    if [[ -z "${!setting}" ]]; then exit_with "Failed to build. '$setting' must be set." 1; fi
  done
  for setting in pkg_name pkg_origin; do
    if ! _is_plain_name "${!setting}"; then
      exit_with "Failed to build. Package $setting '${!setting}' contains invalid characters." 1
    fi
  done
  pkg_svc_run="${pkg_svc_run//@__pkg_name__@/$pkg_name}"
  _deb_settings
  if [[ -z "$pkg_version" ]]; then
    if ! _is_function pkg_version; then
      exit_with "Failed to build. 'pkg_version' must be set or 'pkg_version()' function must be implemented and then invoking by calling 'update_pkg_version()'." 1
    fi
    pkg_version="$__unset_version"
  fi
}

_absolute "${1:-.}"
__context="$__path"
SRC_PATH="${HAB_SRC_PATH:-$__context}"
_find_plan "$__context"
_service_paths @__pkg_name__@
cd "$PLAN_CONTEXT"
build_line "Loading $PLAN_CONTEXT/$HAB_PLAN_FILENAME"
# Compat: sourced in a condition, at the top level, so that only the last status counts and what it declares is global.
if source "$PLAN_CONTEXT/$HAB_PLAN_FILENAME"; then
  build_line "Plan loaded"
else
  __status=$?
  _print '' 31 "$PLAN_CONTEXT/$HAB_PLAN_FILENAME: its last command ended with status $__status" >&2
  exit_with "Failed to load Plan" "$__status"
fi
_validate_plan
_default_paths
_service_paths "$pkg_name"
pkg_output_path="${HAB_OUTPUT_PATH:-$INITIAL_PWD/results}"
if [[ "$pkg_output_path" != /* ]]; then pkg_output_path="$INITIAL_PWD/$pkg_output_path"; fi
if _nothing_is_installed; then build_line "NO_INSTALL_DEPS set: no package dependencies will be installed"; fi
build_line "Using HAB_BIN=$HAB_BIN for installs, signing, and hashing"
if [[ "$pkg_type" == composite ]]; then
  exit_with "Composite plans are no longer supported. For more details see https://www.habitat.sh/blog/2018/10/shelving-composites/" 1
fi

build_line "$THIS_PROGRAM setup"
_claim_release
_clear_prefix
do_begin
_write_pre_build
_check_signing_key
_deb_select
_resolve_dependencies
_deb_check
_setup_environment
_make_directories "$HAB_CACHE_SRC_PATH"
do_before
do_download
do_verify
do_clean
do_unpack
_build_environment
_fix_libtool
_check_version
_check_hooks
_prepare
_compile
_check
_install
do_build_config
do_build_service
do_strip
do_after
_build_metadata
_render_metadata_FILES
_build_manifest
_deliver
do_end
_run_callback do_after_success "'do_after_success' callback failed; overall build is successful, though"
_summary
exit 0
