# Debian packages as the source of a plan: pkg_source=deb:NAME (docs/build-a-package.md). Beyond the original. The phases keep
# their order and their defaults; what plans may call is debian_install, debian_finish and debian_edit_strings.

# _deb_defaults: what a plan may say, before it is loaded.
_deb_defaults() {
  case "$pkg_target" in
    x86_64-linux) debian_architecture=amd64 debian_triplet=x86_64-linux-gnu debian_loader=ld-linux-x86-64.so.2 ;;
    aarch64-linux) debian_architecture=arm64 debian_triplet=aarch64-linux-gnu debian_loader=ld-linux-aarch64.so.1 ;;
    *) debian_architecture= debian_triplet= debian_loader= ;;
  esac
  debian_lib="lib/$debian_triplet"
  pkg_deb_packages=()
  pkg_deb_drop=()
  pkg_deb_keep=()
  pkg_deb_ignore=()
  pkg_deb_vendor=()
  declare -gA pkg_deb_map=()
  pkg_deb_suite=
  __from_debian=
  __debian_version=
  __debian_gives_version=
}

# _deb VERB [KEY=VALUE]...: asks for one step, in the name of this package.
_deb() { _ask debian "$1" "name=$pkg_name" "colour=$__colour" "${@:2}"; }

# _deb_settings: after the plan is loaded. Without a version of its own the plan has that of its first Debian package.
_deb_settings() {
  local words=()
  if [[ "$pkg_source" == deb:* ]]; then
    read -r -d '' -a words <<<"${pkg_source#deb:}" || true
    pkg_deb_packages=("${words[@]}" "${pkg_deb_packages[@]}")
  fi
  if ((${#pkg_deb_packages[@]} == 0)); then return 0; fi
  if [[ -n "$pkg_source" && "$pkg_source" != deb:* ]]; then
    exit_with "pkg_deb_packages is for plans whose pkg_source is 'deb:NAME' or not set, but it is '$pkg_source'" 1
  fi
  __from_debian=yes
  pkg_source="deb:${pkg_deb_packages[*]}"
  unset pkg_filename
  if [[ -z "$pkg_version" ]] && ! _is_function pkg_version; then
    pkg_version() { printf '%s\n' "$__debian_version"; }
    __debian_gives_version=yes
  fi
}

# _deb_select: finds the Debian packages, and our packages for what they depend on.
_deb_select() {
  local each words=()
  if [[ -z "$__from_debian" ]]; then return 0; fi
  words=("target=$pkg_target" "cache=$HAB_CACHE_SRC_PATH" "suite=${pkg_deb_suite:-$HAB_DEBIAN_SUITE}"
    "mirror=$HAB_DEBIAN_MIRROR" "security=$HAB_DEBIAN_SECURITY_MIRROR" "keyring=$HAB_DEBIAN_KEYRING"
    "${pkg_deb_packages[@]/#/package=}" "${pkg_deps[@]/#/dep=}" "${pkg_deb_ignore[@]/#/ignore=}"
    "${pkg_deb_vendor[@]/#/vendor=}" "${pkg_deb_drop[@]/#/drop=}" "${pkg_deb_keep[@]/#/keep=}")
  for each in "${!pkg_deb_map[@]}"; do words+=("map=$each=${pkg_deb_map[$each]}"); done
  _deb select "${words[@]}" || exit_with "The Debian packages of the plan cannot be used" 1
  __debian_version="${__answer[0]}"
  pkg_deps+=("${__answer[@]:1}")
  if [[ -n "$__debian_gives_version" ]]; then update_pkg_version; fi
}

# _deb_check: dependencies are of versions that will do.
_deb_check() {
  if [[ -z "$__from_debian" ]]; then return 0; fi
  _deb check "${pkg_deps_resolved[@]/#/path=}" || exit_with "A dependency does not fit these Debian packages" 1
}

_deb_download() { _deb fetch || exit_with "A Debian package cannot be had" 1; }

_deb_verify() {
  local each
  _deb verify || exit_with "A Debian package is not what the signed index names" 1
  for each in "${__answer[@]}"; do build_line "Checksum verified for $each"; done
}

# Everything into one tree below $CACHE_PATH/root, laid out as Debian's merged /usr.
_deb_unpack() { _deb unpack "to=$CACHE_PATH" || exit_with "A Debian package cannot be unpacked" 1; }

# debian_install: the unpacked files, less what the plan drops, into the package.
debian_install() {
  _deb install "from=$CACHE_PATH/root" "licences=$CACHE_PATH/licences" "prefix=$pkg_prefix" \
    "triplet=$debian_triplet" "${pkg_deb_drop[@]/#/drop=}" "${pkg_deb_keep[@]/#/keep=}"
  _ask copy-files "$CACHE_PATH/DEBIAN" "$pkg_prefix/DEBIAN"
}

# debian_finish: links, scripts, interpreters and search paths; once, after the plan is done with its files.
debian_finish() {
  local each
  _deb finish "from=$CACHE_PATH/root" "prefix=$pkg_prefix" "${pkg_deps_resolved[@]/#/direct=}" \
    "${pkg_tdeps_resolved[@]/#/all=}" "${pkg_lib_dirs[@]/#/lib=}" ||
    exit_with "The package would not run with the dependencies it has" 1
  # Directories that the plan does not name are those that there are.
  _deb directories "prefix=$pkg_prefix"
  local bin=() lib=() include=() pconfig=()
  for each in "${__answer[@]}"; do
    case "$each" in
      bin=*) bin+=("${each#*=}") ;;
      lib=*) lib+=("${each#*=}") ;;
      include=*) include+=("${each#*=}") ;;
      pconfig=*) pconfig+=("${each#*=}") ;;
    esac
  done
  if ((${#pkg_bin_dirs[@]} == 0)); then pkg_bin_dirs=("${bin[@]}"); fi
  if ((${#pkg_lib_dirs[@]} == 0)); then pkg_lib_dirs=("${lib[@]}"); fi
  if ((${#pkg_include_dirs[@]} == 0)); then pkg_include_dirs=("${include[@]}"); fi
  if ((${#pkg_pconfig_dirs[@]} == 0)); then pkg_pconfig_dirs=("${pconfig[@]}"); fi
}

# debian_edit_strings FILE FROM TO: replaces text compiled into a file of the package by text of the same length.
debian_edit_strings() {
  _deb edit-strings "file=$pkg_prefix/$1" "from=$2" "to=$3" || exit_with "'$2' in $1 cannot be replaced" 1
}
