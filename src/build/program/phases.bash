# The phases of a build: their defaults, which plans replace, and the steps around them
# (reference/plan-build.md §9, §10.1, §10.2).

do_begin() { do_default_begin; }
do_default_begin() { return 0; }

do_setup_environment() { return 0; }

do_before() { do_default_before; }
do_default_before() { return 0; }

do_download() { do_default_download; }
do_default_download() {
  if [[ -n "$__from_debian" ]]; then
    _deb_download
  elif [[ -n "$pkg_source" ]]; then download_file "$pkg_source" "$pkg_filename" "$pkg_shasum"; fi
}

do_verify() { do_default_verify; }
do_default_verify() {
  if [[ -n "$__from_debian" ]]; then _deb_verify; fi
  if [[ -n "$pkg_filename" ]]; then verify_file "$pkg_filename" "$pkg_shasum"; fi
}

do_clean() { do_default_clean; }
do_default_clean() {
  build_line "Clean the cache"
  if [[ -e "$CACHE_PATH" || -L "$CACHE_PATH" ]]; then _ask remove "$CACHE_PATH"; fi
}

do_unpack() { do_default_unpack; }
do_default_unpack() {
  if [[ -n "$__from_debian" ]]; then _deb_unpack; fi
  if [[ -n "$pkg_filename" ]]; then unpack_file "$pkg_filename"; fi
}

do_prepare() { do_default_prepare; }
do_default_prepare() { return 0; }

do_build() { do_default_build; }
do_default_build() {
  if [[ -n "$__from_debian" ]]; then return 0; fi
  ./configure --prefix="$pkg_prefix"
  make
}

do_install() { do_default_install; }
do_default_install() {
  if [[ -z "$__from_debian" ]]; then
    make install
  else
    debian_install
    debian_finish
  fi
}

do_build_config() { do_default_build_config; }
do_default_build_config() {
  build_line "Writing configuration"
  local hook hooks=() name pairs=() seen=' '
  if [[ -d "$PLAN_CONTEXT/config" || -d "$PLAN_CONTEXT/config_install" ]]; then
    _ask copy-config "$PLAN_CONTEXT" "$pkg_prefix" "${HAB_CONFIG_EXCLUDE-*.sw?,*~,*.bak}"
  fi
  if [[ -d "$PLAN_CONTEXT/hooks" ]]; then
    _make_directories "$pkg_prefix/hooks"
    hooks=("$PLAN_CONTEXT"/hooks/*)
    for hook in "${hooks[@]}"; do
      if [[ ! -e "$hook" && ! -L "$hook" ]]; then continue; fi
      # The extension is taken off the name alone, so a dot in the directories above does no harm.
      name="${hook##*/}"
      name="${name%.*}"
      if [[ "$seen" == *" $name "* ]]; then
        exit_with "Multiple hook files found for $name hook. No more than one hook file permitted per lifecycle hook." 1
      fi
      seen+="$name "
      pairs+=("$hook" "$pkg_prefix/hooks/$name")
    done
  fi
  if [[ -f "$PLAN_CONTEXT/default.toml" ]]; then pairs+=("$PLAN_CONTEXT/default.toml" "$pkg_prefix/default.toml"); fi
  # Beyond Habitat, whose build has to be told to copy it: time limits of hooks.
  if [[ -f "$PLAN_CONTEXT/hooks.toml" ]]; then pairs+=("$PLAN_CONTEXT/hooks.toml" "$pkg_prefix/hooks.toml"); fi
  if ((${#pairs[@]} > 0)); then _ask copy-files "${pairs[@]}"; fi
}

# _run_hook: sets `__run_hook` to the plan's own run hook, whatever its extension.
_run_hook() {
  local hook
  __run_hook=
  for hook in "$PLAN_CONTEXT"/hooks/run "$PLAN_CONTEXT"/hooks/run.*; do
    if [[ -f "$hook" ]]; then
      __run_hook="$hook"
      return 0
    fi
  done
  return 1
}

do_build_service() { do_default_build_service; }
do_default_build_service() {
  build_line "Writing service management scripts"
  local __run_hook
  if _run_hook; then
    build_line "Using run hook $__run_hook"
  elif [[ -n "$pkg_svc_run" ]]; then
    build_line "Writing $pkg_prefix/run script to run $pkg_svc_run as $pkg_svc_user:$pkg_svc_group"
    printf '%s\n' \
      '#!/bin/sh' \
      "export HOME=$pkg_svc_data_path" \
      "cd $pkg_svc_path" \
      '' \
      "if [ \"\$(whoami)\" = \"root\" ]; then" \
      '  exec chpst \' \
      "    -U $pkg_svc_user:$pkg_svc_group \\" \
      "    -u $pkg_svc_user:$pkg_svc_group \\" \
      "    $pkg_svc_run 2>&1" \
      'else' \
      "  exec $pkg_svc_run 2>&1" \
      'fi' >"$pkg_prefix/run"
  fi
}

do_strip() { do_default_strip; }
do_default_strip() {
  # Debian's are stripped already.
  if [[ -n "$__from_debian" ]]; then return 0; fi
  build_line "Stripping unneeded symbols from binaries and libraries"
  local entry kind
  _ask strippable "$pkg_prefix"
  if ((${#__answer[@]} == 0)); then return 0; fi
  if ! exists strip; then
    warn "There is no 'strip' on PATH; ${#__answer[@]} files keep their symbols. Add a package that has it to pkg_build_deps, or define do_strip()"
    return 0
  fi
  for entry in "${__answer[@]}"; do
    kind="${entry%%:*}"
    case "$kind" in
      executable) strip --strip-all "${entry#*:}" ;;
      shared) strip --strip-unneeded "${entry#*:}" ;;
      archive) strip --strip-debug "${entry#*:}" ;;
    esac
  done
}

do_after() { do_default_after; }
do_default_after() {
  if [[ -n "$__from_debian" ]]; then verify_hermetic; fi
}

do_end() { do_default_end; }
do_default_end() { return 0; }

# _in_source PHASE: in the source directory, and back.
_in_source() {
  local __before="$PWD" __phase="$1"
  cd "$SRC_PATH"
  "$1"
  cd "$__before"
}

_prepare() {
  build_line "Preparing to build"
  _in_source do_prepare
}

_compile() {
  if [[ -n "$HAB_NATIVE_PACKAGE" ]]; then build_line "Building native package"; else build_line "Building standard package"; fi
  _in_source do_build
}

_check() {
  if ! _is_function do_check || [[ -z "$DO_CHECK" ]]; then return 0; fi
  build_line "Running post-compile tests"
  _in_source do_check
}

_install() {
  build_line "Installing"
  local directory directories=("$pkg_prefix")
  for directory in "${pkg_lib_dirs[@]}" "${pkg_bin_dirs[@]}" "${pkg_include_dirs[@]}" "${pkg_pconfig_dirs[@]}"; do
    directories+=("$pkg_prefix/$directory")
  done
  _make_directories "${directories[@]}"
  _in_source do_install
}

# Libtool would put the host's library directories into what is built.
_fix_libtool() {
  local script
  _ask fix-libtool "$SRC_PATH"
  for script in "${__answer[@]}"; do build_line "Fixing libtool script $script"; done
}

_check_version() {
  __version_is_final=yes
  if [[ "$pkg_version" == "$__unset_version" ]]; then
    exit_with "Plan did not set 'pkg_version' and did not call 'update_pkg_version()' before the 'do_prepare()' build phase." 2
  fi
  # A plan may have put the prefix elsewhere without telling.
  _claim_release
}

_check_hooks() {
  local hook text
  if [[ -f "$PLAN_CONTEXT/hooks.toml" ]] && ! _ask check-hook-settings "$PLAN_CONTEXT"; then
    exit_with "The plan's hooks.toml cannot be used" 1
  fi
  for hook in "$PLAN_CONTEXT"/hooks/*; do
    if [[ ! -f "$hook" ]]; then continue; fi
    IFS= read -r -d '' text <"$hook" || true
    if [[ "$text" == *$'\r'* ]]; then
      exit_with "Incorrect CR+LF line ending detected in package hook file(s). For the Plan to build, you must first convert these to Unix LF. See https://en.wikipedia.org/wiki/Newline#Conversion_between_newline_formats" 1
    fi
  done
}
