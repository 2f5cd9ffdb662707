# Fetching, checking and unpacking sources; interpreters (reference/plan-build.md §11, §12).

# download_file URL FILE [SHA256]: into the source cache; a cached file with the right digest is used again.
download_file() {
  local url="$1" file="$2" digest="$3" status=0
  pushd "$HAB_CACHE_SRC_PATH" >/dev/null || return
  if [[ -f "$file" && -n "$digest" ]]; then
    build_line "Found previous file '$file', attempting to re-use"
    if verify_file "$file" "$digest"; then
      build_line "Using cached and verified '$file'"
      _ask_lock source "$url" "$PWD/$file"
      popd >/dev/null || return
      return 0
    fi
    build_line "Clearing previous '$file' file and re-attempting download"
    rm -fv "$file"
  fi
  build_line "Downloading '$url' to '$file'"
  if exists wget; then
    local quiet=()
    if [[ "$HAB_NONINTERACTIVE" == true ]]; then quiet=(--no-verbose); fi
    wget "${quiet[@]}" "$url" -O "$file" || status=$?
  else
    _ask download "$url" "$PWD/$file" || status=$?
  fi
  # A failed download must not pass for a source later on.
  if ((status == 0)); then
    build_line "Downloaded '$file'"
    _ask_lock source "$url" "$PWD/$file"
  else
    rm -f "$file"
  fi
  popd >/dev/null || return
  return "$status"
}

# verify_file FILE SHA256: compares the digest of a file in the source cache.
verify_file() {
  local computed expected
  build_line "Verifying $1"
  _ask sha256 "$HAB_CACHE_SRC_PATH/$1" || return
  computed="${__answer[0]}"
  expected="$(normalize_checksum "$2")"
  if [[ "$computed" == "$expected" ]]; then
    build_line "Checksum verified for $1"
    return 0
  fi
  warn "Checksum invalid for $1:"
  warn "   Expected: $expected"
  warn "   Computed: $computed"
  return 1
}

# unpack_file FILE: unpacks a file of the source cache, there, by its extension.
unpack_file() {
  local file="$1" status=0
  build_line "Unpacking $file"
  pushd "$HAB_CACHE_SRC_PATH" >/dev/null || return
  case "$file" in
    *.tar.bz2 | *.tbz2 | *.tar.gz | *.tgz | *.tar | *.xz) tar xf "$PWD/$file" --no-same-owner || status=$? ;;
    # The archive stays and an older result is replaced, so that a second build of the same cache works.
    *.bz2) bunzip2 --keep --force "$file" || status=$? ;;
    *.gz) gunzip --keep --force "$file" || status=$? ;;
    *.rar) rar x "$file" || status=$? ;;
    *.zip) unzip -o "$file" || status=$? ;;
    *.Z) uncompress -f -k "$file" || status=$? ;;
    *.7z) 7z x -y "$file" || status=$? ;;
    *)
      warn "Error: unknown archive format '.${file##*.}'"
      status=1
      ;;
  esac
  popd >/dev/null || return
  return "$status"
}

# map_source_path: has compilers write /src, where sources are in a studio, in place of the directory they are in here. For
# do_prepare() of plans whose programs tell the names of their source files. Beyond the original.
map_source_path() {
  local option="-ffile-prefix-map=$SRC_PATH=/src"
  export CFLAGS="$CFLAGS${CFLAGS:+ }$option" CXXFLAGS="$CXXFLAGS${CXXFLAGS:+ }$option"
}

# pkg_path_for DEP: the path of a direct build or run dependency. DEP is matched as an extended regular expression
# against whole parts of the ident.
pkg_path_for() {
  local __found
  if _first_match "$1" "${pkg_all_deps_resolved[@]}"; then
    printf '%s\n' "$__found"
  else
    warn "pkg_path_for() '$1' did not find a suitable installed package"
    warn "Resolved package set: (${pkg_all_deps_resolved[*]})"
    return 1
  fi
}

# _first_match DEP PATH...: sets `__found` to the first path whose ident matches.
_first_match() {
  local wanted="(^|/)$1(/|\$)" path
  shift
  __found=
  for path in "$@"; do
    if [[ "${path#"$HAB_PKG_PATH"/}" =~ $wanted ]]; then
      __found="$path"
      return 0
    fi
  done 2>/dev/null
  return 1
}

_pkg_path_for_deps() { local __found && _path_among runtime "$1" "${pkg_deps_resolved[@]}"; }

_pkg_path_for_build_deps() { local __found && _path_among build "$1" "${pkg_build_deps_resolved[@]}"; }

# _path_among KIND DEP PATH...: prints the path, which stands in the caller's `__found` too.
_path_among() {
  local kind="$1" dep="$2"
  shift 2
  if _first_match "$dep" "$@"; then
    printf '%s\n' "$__found"
  else
    warn "No $kind dependency found for '$dep'"
    warn "Resolved $kind package set: $*"
    return 1
  fi
}

# pkg_interpreter_for PACKAGE INTERPRETER: every interpreter of a run dependency that ends with INTERPRETER.
pkg_interpreter_for() {
  local package="$1" interpreter="$2" __found lines=() line found=1
  if ! _first_match "$package" "${pkg_deps_resolved[@]}"; then return 1; fi
  _lines_of "$__found/INTERPRETERS" lines
  for line in "${lines[@]}"; do
    if [[ "$line" =~ $interpreter$ ]]; then
      printf '%s\n' "$line"
      found=0
    fi
  done
  if ((found != 0)); then warn "Could not find interpreter $interpreter in package $package"; fi
  return "$found"
}

# fix_interpreter GLOBS PACKAGE INTERPRETER: points `#!` lines of scripts at the interpreter of a run dependency.
fix_interpreter() {
  local targets="$1" package="$2" interpreter="$3" lines line path target
  if ! _first_match "$package" "${pkg_deps_resolved[@]}"; then
    warn "fix_interpreter() '$package' is not a runtime dependency"
    warn "Only runtime packages may be used as your interpreter must travel"
    warn "with the '$pkg_name' in order to run."
    warn "Resolved runtime package set: ${pkg_deps_resolved[*]}"
    return 1
  fi
  lines="$(pkg_interpreter_for "$package" "$interpreter")" || return 1
  # Of several answers (`sh` also finds `bash`) the one of exactly that name is meant.
  path="${lines%%$'\n'*}"
  while IFS= read -r line; do
    if [[ "$line" == */"$interpreter" ]]; then
      path="$line"
      break
    fi
  done <<<"$lines"
  # shellcheck disable=SC2086 # the targets are globs
  for target in $targets; do
    if [[ ! -f "$target" ]]; then continue; fi
    if [[ -L "$target" ]]; then target="$(readlink --canonicalize --no-newline "$target")"; fi
    build_line "Replacing '.*${interpreter}' with '${path}' in '${target}'"
    sed --expression="s#\#!.*${interpreter}#\#!${path}#" --in-place "$target"
  done
}

# relocate_program FROM TO: copies a program of ours (script/build makes it) so that it runs on the C library among the dependencies.
# Tools that edit programs would move what it finds by its place. Beyond the original.
relocate_program() {
  local each loader= directories
  IFS=: read -r -a directories <<<"$LD_RUN_PATH"
  for each in "${directories[@]}"; do
    if [[ -z "$loader" && -e "$each/$debian_loader" ]]; then loader="$each/$debian_loader"; fi
  done
  if [[ -z "$loader" ]]; then exit_with "No dependency has $debian_loader: add core/glibc to pkg_deps" 1; fi
  _ask relocate-program "$1" "$2" "$loader" "${directories[@]}" || exit_with "'$1' cannot be made to run on the dependencies" 1
}

# verify_hermetic: ends the build when a file of the package would use anything outside of it and its dependencies.
# Beyond the original, for plans that pack programs built elsewhere.
verify_hermetic() {
  build_line "Checking that the package uses nothing of this machine"
  local leak
  _ask leaks "$pkg_prefix" "${pkg_tdeps_resolved[@]}"
  if ((${#__answer[@]} == 0)); then return 0; fi
  for leak in "${__answer[@]}"; do warn "$leak"; done
  exit_with "The package is not hermetic: ${#__answer[@]} files reach outside of it and its dependencies" 1
}
