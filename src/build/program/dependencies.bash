# Which releases a build depends on (reference/plan-build.md §6, §7). Resolution is per dependency and greedy; the
# releases found here are what DEPS and TDEPS freeze.

pkg_build_deps_resolved=()
pkg_build_tdeps_resolved=()
pkg_deps_resolved=()
pkg_tdeps_resolved=()
pkg_all_deps_resolved=()
pkg_all_tdeps_resolved=()

# What run dependencies were resolved to, by the words of the plan.
declare -A __paths_of_deps=()

_nothing_is_installed() { [[ -n "$NO_INSTALL_DEPS" && "$NO_INSTALL_DEPS" != false ]]; }

# _ask_lock VERB [ARGUMENT...]: a request that the lock of the build may refuse, which ends the build.
_ask_lock() {
  local status=0
  _ask "$@" || status=$?
  if ((status == 78)); then exit_with "The build is not what its lock says, aborting" 78; fi
  return "$status"
}

# What is installed, by the words of the plan.
declare -A __installed=()

# _find_installed DEP...: asks for all at once what would be asked one by one, where nothing is installed in between. Who is not
# found is asked for again by itself, which says why.
_find_installed() {
  local index words=()
  __installed=()
  for index in "$@"; do
    if [[ "$index" == */* ]]; then words+=("$index"); fi
  done
  if ! _nothing_is_installed || ((${#words[@]} < 2)); then return 0; fi
  _ask find-each "${words[@]}"
  for index in "${!words[@]}"; do __installed["${words[index]}"]="${__answer[index]}"; done
}

# _latest_installed_package DEP: sets `__resolved` to the path of the newest installed release.
_latest_installed_package() {
  __resolved=
  if [[ "$1" != */* ]]; then
    warn "Origin required for '$1' in plan '$pkg_origin/$pkg_name' (example: acme/$1)"
    return 1
  fi
  __resolved="${__installed["$1"]}"
  if [[ -n "$__resolved" ]]; then return 0; fi
  if ! _ask_lock find "$1"; then
    warn "Could not find a suitable installed package for '$1'"
    return 1
  fi
  __resolved="${__answer[0]}"
}

# _install_dependency DEP [--ignore-install-hook]: sets `__resolved` to the path of what was installed.
_install_dependency() {
  local dep="$1" hooks="$2" origin="${1%%/*}" channel="$HAB_BLDR_CHANNEL" local_packages=
  if [[ "$origin" == core ]]; then channel="$HAB_REFRESH_CHANNEL"; fi
  if [[ "$origin" == core || "$origin" == chef ]] && [[ "$HAB_PREFER_LOCAL_CHEF_DEPS" == false ]]; then
    local_packages=--ignore-local
  fi
  __resolved=
  if ! _ask_lock install "$dep" "$channel" "$local_packages" "$hooks"; then
    if [[ "$channel" == "$HAB_FALLBACK_CHANNEL" ]]; then return 1; fi
    build_line "Trying to install '$dep' from '$HAB_FALLBACK_CHANNEL'"
    _ask install "$dep" "$HAB_FALLBACK_CHANNEL" "$local_packages" "$hooks" || return
  fi
  __resolved="${__answer[0]}"
}

# _resolve_dependency DEP [--ignore-install-hook]: sets `__resolved`; a dependency that cannot be had ends the build.
_resolve_dependency() {
  local found=no
  if _nothing_is_installed; then
    if _latest_installed_package "$1"; then found=yes; fi
  elif [[ "$1" != */* ]]; then
    warn "Origin required for '$1' in plan '$pkg_origin/$pkg_name' (example: acme/$1)"
  elif _install_dependency "$@"; then
    found=yes
  fi
  if [[ "$found" != yes ]]; then exit_with "Resolving '$1' failed, should this be built first?" 1; fi
}

_ident_of() { printf '%s\n' "${1#"$HAB_PKG_PATH"/}"; }

# _get_deps_for PATH and _get_tdeps_for PATH: idents of the direct, of all run dependencies of an installed package.
_get_deps_for() { if [[ -f "$1/DEPS" ]]; then printf '%s\n' "$(<"$1/DEPS")"; fi; }
_get_tdeps_for() { if [[ -f "$1/TDEPS" ]]; then printf '%s\n' "$(<"$1/TDEPS")"; fi; }

# _collect_tdeps NAME PATH...: fills the array NAME with the direct paths and all they need, dependents first: what is needed
# stands where it is needed last.
_collect_tdeps() {
  local -n __tdeps="$1"
  shift
  __tdeps=()
  if (($# == 0)); then return 0; fi
  _ask all-needed "$HAB_PKG_PATH" "$@"
  __tdeps=("${__answer[@]}")
}

_return_or_append_to_set() {
  if _array_contains "$@"; then
    printf '%s\n' "${@:2}"
  else
    printf '%s\n' "${@:2}" "$1"
  fi
}

_resolve_build_dependencies() {
  build_line "Resolving build dependencies"
  local dep
  pkg_build_deps_resolved=()
  _find_installed "${pkg_build_deps[@]}"
  for dep in "${pkg_build_deps[@]}"; do
    _resolve_dependency "$dep"
    build_line "Resolved build dependency '$dep' to ${__resolved#"$HAB_PKG_PATH"/}"
    pkg_build_deps_resolved+=("$__resolved")
  done
  _collect_tdeps pkg_build_tdeps_resolved "${pkg_build_deps_resolved[@]}"
}

_resolve_run_dependencies() {
  build_line "Resolving run dependencies"
  local dep
  local -A seen=()
  pkg_deps_resolved=()
  _find_installed "${pkg_deps[@]}"
  for dep in "${pkg_deps[@]}"; do
    _resolve_dependency "$dep" --ignore-install-hook
    build_line "Resolved dependency '$dep' to ${__resolved#"$HAB_PKG_PATH"/}"
    # The same release asked for twice is one dependency, not a conflict.
    if [[ -z "${seen["$__resolved"]}" ]]; then pkg_deps_resolved+=("$__resolved"); fi
    seen["$__resolved"]=yes
    __paths_of_deps["$dep"]="$__resolved"
  done
  _collect_tdeps pkg_tdeps_resolved "${pkg_deps_resolved[@]}"
}

_populate_dependency_arrays() {
  local path
  local -A seen=()
  pkg_all_deps_resolved=("${pkg_build_deps_resolved[@]}" "${pkg_deps_resolved[@]}")
  pkg_all_tdeps_resolved=("${pkg_all_deps_resolved[@]}")
  for path in "${pkg_all_deps_resolved[@]}"; do seen["$path"]=yes; done
  for path in "${pkg_build_tdeps_resolved[@]}" "${pkg_tdeps_resolved[@]}"; do
    if [[ -n "${seen["$path"]}" ]]; then continue; fi
    seen["$path"]=yes
    pkg_all_tdeps_resolved+=("$path")
  done
}

# The scaffolding is a build dependency in front of the others; its library is sourced after the plan and so wins.
# It is loaded here, at the top level of a function that declares no variable a library could mean to be global.
_load_scaffolding() {
  build_line "Resolving scaffolding dependencies"
  _resolve_dependency "$pkg_scaffolding"
  build_line "Resolved scaffolding dependency '$pkg_scaffolding' to ${__resolved#"$HAB_PKG_PATH"/}"
  pkg_build_deps=("$pkg_scaffolding" "${pkg_build_deps[@]}")
  pkg_build_deps_resolved=("$__resolved")
  __scaffolding="$__resolved/lib/scaffolding.sh"
  _collect_tdeps pkg_build_tdeps_resolved "${pkg_build_deps_resolved[@]}"
  _populate_dependency_arrays
  build_line "Loading Scaffolding $__scaffolding"
  if ! source "$__scaffolding"; then exit_with "Failed to load Scaffolding from $__scaffolding" 17; fi
  if _is_function scaffolding_load; then scaffolding_load; fi
}

# Two releases of one package in the run closure cannot both be loaded: exit 31 with the graph that shows who wants what.
_validate_run_dependencies() {
  local -A releases=() counts=()
  local path ident name names=() conflict=
  for path in "${pkg_tdeps_resolved[@]}"; do
    ident="${path#"$HAB_PKG_PATH"/}"
    name="${ident%/*/*}"
    if [[ " ${releases[$name]} " == *" $ident "* ]]; then continue; fi
    if [[ -z "${counts[$name]}" ]]; then names+=("$name"); fi
    releases[$name]+="${releases[$name]:+ }$ident"
    counts[$name]=$((${counts[$name]:-0} + 1))
    if ((${counts[$name]} > 1)); then conflict=yes; fi
  done
  if [[ -z "$conflict" ]]; then return 0; fi

  warn "The following runtime dependencies have more than one version"
  warn "release in the full dependency chain:"
  for name in "${names[@]}"; do
    if ((${counts[$name]} > 1)); then
      warn "  * $name ( ${releases[$name]} )"
    else
      unset "releases[$name]"
    fi
  done
  warn "Computed dependency graph (Lines with '*' denote a problematic entry):"
  printf '\n%s\n' "$pkg_origin/$pkg_name/$pkg_version/$pkg_release"
  _print_dependency_graph '    ' "${pkg_deps_resolved[@]#"$HAB_PKG_PATH"/}"
  printf '\n'
  exit_with "Computed runtime dependency check failed, aborting" 31
}

# _print_dependency_graph INDENT IDENT...: marks those whose name is a key of the caller's `releases`. `__above` are the
# dependents: packages that need each other are not followed round and round.
_print_dependency_graph() {
  local indent="$1" ident mark deps __above=" $__above "
  shift
  for ident in "$@"; do
    if [[ -z "$ident" ]]; then continue; fi
    mark=
    if [[ -n "${releases["${ident%/*/*}"]}" ]]; then mark=' (*)'; fi
    printf '%s%s%s\n' "$indent" "$ident" "$mark"
    if [[ "$__above" == *" $ident "* ]]; then continue; fi
    _lines_of "$HAB_PKG_PATH/$ident/DEPS" deps
    __above="$__above$ident " _print_dependency_graph "$indent    " "${deps[@]}"
  done
}

_resolve_dependencies() {
  if [[ -n "$__has_lock" ]]; then _ask_lock lock "$PLAN_CONTEXT"; fi
  pkg_build_deps_resolved=()
  pkg_build_tdeps_resolved=()
  pkg_deps_resolved=()
  pkg_tdeps_resolved=()
  if [[ -n "$pkg_scaffolding" ]]; then _load_scaffolding; fi
  _resolve_build_dependencies
  _resolve_run_dependencies
  _populate_dependency_arrays
  _validate_run_dependencies
  __resolution=("${pkg_build_deps[@]/#/build-wish=}" "${pkg_deps[@]/#/run-wish=}"
    "${pkg_build_deps_resolved[@]/#/build=}" "${pkg_build_tdeps_resolved[@]/#/build-all=}"
    "${pkg_deps_resolved[@]/#/run=}" "${pkg_tdeps_resolved[@]/#/run-all=}")
  # The records are written when the package is done; only a lock has something to say of it now.
  if [[ -n "$__has_lock" ]]; then _ask_lock resolved "${__resolution[@]}"; fi
}
