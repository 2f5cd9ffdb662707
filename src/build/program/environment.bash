# The variables a package gives to what runs with it and to what is built with it (reference/plan-build.md §8).

declare -A __runtime_environment=()
declare -A __runtime_environment_provenance=()
declare -A __buildtime_environment=()
declare -A __buildtime_environment_provenance=()

# Variables that are lists, with their separators. `HAB_ENV_<VAR>_TYPE` and `_SEPARATOR` say otherwise.
declare -A __list_separators=(
  [PATH]=: [GOPATH]=: [NODE_PATH]=: [PYTHONPATH]=: [BUNDLE_PATH]=: [BUNDLE_WITHOUT]=: [GEM_PATH]=:
  [RUBYLIB]=: [RUBYPATH]=: [CLASSPATH]=';'
)

# The settings that own a variable, for the message to those who set it by hand.
declare -A __owned_variables=(
  [PATH]=pkg_deps [LD_RUN_PATH]=pkg_lib_dirs [LDFLAGS]=pkg_lib_dirs [CFLAGS]=pkg_include_dirs
  [CPPFLAGS]=pkg_include_dirs [CXXFLAGS]=pkg_include_dirs [PKG_CONFIG_PATH]=pkg_pconfig_dirs
)

# _environment_type VAR: sets `__type`.
_environment_type() {
  local hint="HAB_ENV_$1_TYPE"
  __type="${!hint}"
  if [[ -n "$__type" ]]; then return; fi
  if [[ -n "${__list_separators[$1]}" ]]; then
    __type=aggregate
  else
    warn "Treating \$$1 as a primitive type. If you would like to change this, add \`HAB_ENV_$1_TYPE=aggregate\` to your plan."
    __type=primitive
  fi
}

# _environment_separator VAR: sets `__separator`.
_environment_separator() {
  local hint="HAB_ENV_$1_SEPARATOR"
  __separator="${!hint:-${__list_separators[$1]}}"
  if [[ -z "$__separator" ]]; then
    warn "Using \`:\` as a separator for \$$1. If you would like to change this, add \`HAB_ENV_$1_SEPARATOR=<YOUR_SEPARATOR>\` to your plan."
    __separator=:
  fi
}

# _populate_environment_from_deps KIND DEP...: layers the run environments of direct dependencies, in order.
_populate_environment_from_deps() {
  local -n __values="__$1_environment" __origins="__$1_environment_provenance"
  local kind="$1" dep path lines line variable value __found among="pkg_deps_resolved[@]"
  shift
  if [[ "$kind" == buildtime ]]; then among="pkg_build_deps_resolved[@]"; fi
  for dep in "$@"; do
    # Mostly what it was resolved to; without a process for each, as _pkg_path_for_deps would take.
    path="${__paths_of_deps["$dep"]}"
    if [[ "$kind" == buildtime || "${path#"$HAB_PKG_PATH"/}/" != "$dep"/* ]]; then
      _path_among "$kind" "$dep" "${!among}" >/dev/null
      path="$__found"
    fi
    _lines_of "$path/RUNTIME_ENVIRONMENT" lines
    for line in "${lines[@]}"; do
      line="${line#"${line%%[![:space:]]*}"}"
      line="${line%"${line##*[![:space:]]}"}"
      variable="${line%%=*}"
      value="${line#"$variable"}"
      value="${value#=}"
      if [[ -z "$variable" || "$variable" == PATH ]]; then continue; fi
      _merge_environment "$variable" "$value" "${path#"$HAB_PKG_PATH"/}"
    done
  done
}

# _merge_environment VAR VALUE IDENT: into the caller's tables.
_merge_environment() {
  local variable="$1" value="$2" ident="$3" current="${__values[$1]}" __type __separator
  if [[ -z "$current" ]]; then
    __values[$variable]="$value"
    __origins[$variable]="$ident"
  elif [[ "$current" != "$value" ]]; then
    _environment_type "$variable"
    case "$__type" in
      primitive)
        warn "Overwriting \$$variable originally set from ${__origins[$variable]}"
        __values[$variable]="$value"
        __origins[$variable]="$ident"
        ;;
      aggregate)
        warn "Prepending to \$$variable originally set from ${__origins[$variable]}"
        _environment_separator "$variable"
        __values[$variable]="$(push_to_path "$value" "$current" "$__separator")"
        __origins[$variable]="$(push_to_path "$ident" "${__origins[$variable]}" ' ')"
        ;;
    esac
  fi
}

_forbid_owned_variable() {
  if [[ -n "$1" && -n "${__owned_variables[$1]}" ]]; then
    exit_with "Cannot directly manipulate environment variable $1! Add appropriate entries to the '${__owned_variables[$1]}' variable in plan.sh instead!" 1
  fi
}

# _set_environment KIND [-f] VAR VALUE
_set_environment() {
  local -n __values="__$1_environment" __origins="__$1_environment_provenance"
  local kind="$1" force=
  shift
  if [[ "$1" == -f ]]; then
    force=yes
    shift
  fi
  if (($# != 2)) || ! [[ "$1" =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]]; then
    exit_with "set_${kind}_env takes [-f] VARIABLE VALUE, but was called with: $*" 1
  fi
  _forbid_owned_variable "$1"
  local current="${__values[$1]}"
  if [[ -n "$current" ]]; then
    if [[ -z "$force" ]]; then
      exit_with "Already have a value for \$$1, set by ${__origins[$1]}: $current. If you really wish to overwrite this value, pass the '-f' (\"force\") option when setting it." 1
    fi
    warn "Already have a value for \$$1, set by ${__origins[$1]}: $current. Overwriting value because the '-f' flag was passed"
  fi
  __values[$1]="$2"
  __origins[$1]="$pkg_origin/$pkg_name/$pkg_version/$pkg_release"
}

# _push_environment KIND VAR VALUE: VAR is a list, whatever its type says.
_push_environment() {
  local -n __values="__$1_environment" __origins="__$1_environment_provenance"
  local __separator
  _forbid_owned_variable "$2"
  _environment_separator "$2"
  __values[$2]="$(push_to_path "$3" "${__values[$2]}" "$__separator")"
  __origins[$2]="$(push_to_path "$pkg_origin/$pkg_name/$pkg_version/$pkg_release" "${__origins[$2]}" ' ')"
}

set_runtime_env() { _set_environment runtime "$@"; }
set_buildtime_env() { _set_environment buildtime "$@"; }

push_runtime_env() {
  build_line "PUSH TO RUN"
  _push_environment runtime "$@"
}

push_buildtime_env() {
  build_line "PUSH TO BUILD"
  _push_environment buildtime "$@"
}

# Compat: run variables replace what the process has; build variables are merged by their type.
_layer_environment() {
  local __variable __value __current __type __separator
  build_line "Layering runtime environment on top of system environment"
  for __variable in "${!__runtime_environment[@]}"; do
    export "$__variable=${__runtime_environment[$__variable]}"
  done
  build_line "Layering buildtime environment on top of system environment"
  for __variable in "${!__buildtime_environment[@]}"; do
    __value="${__buildtime_environment[$__variable]}"
    __current="${!__variable}"
    if [[ -z "$__current" ]]; then
      export "$__variable=$__value"
    elif [[ "$__current" != "$__value" ]]; then
      _environment_type "$__variable"
      case "$__type" in
        primitive) export "$__variable=$__value" ;;
        aggregate)
          _environment_separator "$__variable"
          export "$__variable=$(push_to_path "$__value" "$__current" "$__separator")"
          ;;
      esac
    fi
  done
}

# The own directories of packages, joined with `:`, by their paths: each is asked for several times.
declare -A __own_paths=()

# _package_path_entries PATH: sets `__entries` to the directories of a package's PATH file that are its own.
_package_path_entries() {
  local text entry IFS=:
  __entries=()
  if [[ -z "${__own_paths["$1"]+known}" ]]; then
    _text_of "$1/PATH" text || true
    for entry in $text; do
      if [[ "$entry" == "$1"/* || "$entry" == "$1" ]]; then __entries+=("$entry"); fi
    done
    __own_paths["$1"]="${__entries[*]}"
  else
    for entry in ${__own_paths["$1"]}; do __entries+=("$entry"); done
  fi
}

# _joined_paths NAME ITEM...: each once, joined with `:`, into the variable NAME.
_joined_paths() {
  local -n __joined="$1"
  shift
  local item
  local -A seen=()
  __joined=
  for item in "$@"; do
    if [[ -z "$item" || -n "${seen["$item"]}" ]]; then continue; fi
    seen["$item"]=yes
    __joined+="${__joined:+:}$item"
  done
}

_set_path() {
  local package all=() joined __entries
  all=("${pkg_bin_dirs[@]/#/$pkg_prefix/}")
  for package in "${pkg_all_tdeps_resolved[@]}"; do
    _package_path_entries "$package"
    all+=("${__entries[@]}")
  done
  _joined_paths joined "${all[@]}"
  export PATH="$joined${joined:+:}$INITIAL_PATH"
  build_line "Setting PATH=$PATH"
}

_setup_environment() {
  build_line "Setting up environment"
  build_line "Populating runtime environment from dependencies"
  _populate_environment_from_deps runtime "${pkg_deps[@]}"
  build_line "Populating buildtime environment from dependencies"
  _populate_environment_from_deps buildtime "${pkg_build_deps[@]}"
  do_setup_environment
  _layer_environment
  _set_path
}

# _append_flags NAME SEPARATOR TEXT: to an exported variable.
_append_flags() {
  local -n __flags="$1"
  if [[ -n "$3" ]]; then export "$1=$__flags${__flags:+$2}$3"; fi
}

# What compilers and linkers are told, from the direct dependencies, after what the plan or the caller exported.
_build_environment() {
  build_line "Setting build environment"
  local run_path=()
  run_path=("${pkg_lib_dirs[@]/#/$pkg_prefix/}")
  if ((${#pkg_all_deps_resolved[@]} > 0)); then
    # Six fields: the run paths of run dependencies, then what is appended to each variable.
    _ask flags "${pkg_build_deps_resolved[@]/#/build=}" "${pkg_deps_resolved[@]/#/run=}"
    if [[ -n "${__answer[0]}" ]]; then run_path+=("${__answer[0]}"); fi
    _append_flags CFLAGS ' ' "${__answer[1]}"
    _append_flags CPPFLAGS ' ' "${__answer[2]}"
    _append_flags CXXFLAGS ' ' "${__answer[3]}"
    _append_flags LDFLAGS ' ' "${__answer[4]}"
    _append_flags PKG_CONFIG_PATH : "${__answer[5]}"
  fi
  if ((${#run_path[@]} > 0)); then
    local IFS=:
    export LD_RUN_PATH="${run_path[*]}"
    unset IFS
  fi
  _tell_directories "$CACHE_PATH"
  export PREFIX="$pkg_prefix"
  build_line "Setting PREFIX=$PREFIX"
  build_line "Setting LD_RUN_PATH=$LD_RUN_PATH"
  build_line "Setting CFLAGS=$CFLAGS"
  build_line "Setting CXXFLAGS=$CXXFLAGS"
  build_line "Setting CPPFLAGS=$CPPFLAGS"
  build_line "Setting LDFLAGS=$LDFLAGS"
  build_line "Setting PKG_CONFIG_PATH=$PKG_CONFIG_PATH"
}
