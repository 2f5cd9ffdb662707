# Packages made of Debian's binaries, hermetic: every program uses the interpreter and the libraries of its own
# dependencies under /hab/pkgs, nothing of the host. A plan sources this file, names its Debian packages and says how
# they depend on each other:
#
#   source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"
#   pkg_name=lz4
#   pkg_origin=core
#   debian_packages=(liblz4-1)      # the first one gives the version
#   pkg_deps=(core/glibc)
#   pkg_lib_dirs=("$debian_lib")
#
# The .deb files are those that apt's signed index names, checked against the digests in it. They are kept below
# $HAB_CACHE_SRC_PATH/debian, by name and digest, so that a second build needs no network. Nothing is installed on the
# machine that builds, and root is not needed. The mirrors are those the machine's own apt uses; HAB_DEBIAN_MIRROR and
# HAB_DEBIAN_SECURITY_MIRROR name others.

# One Debian release for all plans, whatever the machine runs: packages are built to fit together.
debian_suite=bookworm
debian_packages=()
# Shell patterns, relative to the package, of what is not wanted in it.
debian_drop=()

case "$pkg_target" in
  x86_64-linux) debian_architecture=amd64 debian_triplet=x86_64-linux-gnu debian_loader=ld-linux-x86-64.so.2 ;;
  aarch64-linux) debian_architecture=arm64 debian_triplet=aarch64-linux-gnu debian_loader=ld-linux-aarch64.so.1 ;;
  *) exit_with "Debian has no packages for $pkg_target" 1 ;;
esac
debian_lib="lib/$debian_triplet"
__debian="$HAB_CACHE_SRC_PATH/debian"

# An index younger than this is used as it is; an older one too when the mirror cannot be reached.
__debian_index_max_age_minutes=1440

# _debian_apt PROGRAM ARGUMENT...: apt with sources and state of its own, which need no rights.
_debian_apt() {
  APT_CONFIG="$__debian/$debian_suite/apt.conf" LC_ALL=C "$@"
}

_debian_require() {
  local tool
  for tool in apt-get apt-cache dpkg-deb flock sha256sum find; do
    if ! exists "$tool"; then
      exit_with "'$tool' was not found. These plans take Debian's packages apart: build them on Debian or a relative of it (apt, dpkg, util-linux, coreutils, findutils)" 1
    fi
  done
  if [[ ! -f /usr/share/keyrings/debian-archive-keyring.gpg ]]; then
    exit_with "There are no keys to check Debian's index with. Install the package debian-archive-keyring" 1
  fi
}

# _debian_mirrors: sets `__mirror` and `__security`: what is named for these plans, else what the machine's own apt uses.
_debian_mirrors() {
  local address
  __mirror="$HAB_DEBIAN_MIRROR" __security="$HAB_DEBIAN_SECURITY_MIRROR"
  if [[ -n "$__mirror" && -n "$__security" ]]; then return 0; fi
  while read -r address; do
    case "${address%/}" in
      */debian) : "${__mirror:=${address%/}}" ;;
      */debian-security) : "${__security:=${address%/}}" ;;
    esac
  done < <(LC_ALL=C apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null)
  if [[ -z "$__mirror" || -z "$__security" ]]; then
    exit_with "The apt of this machine names no mirror of Debian and of Debian's security updates. Name them in HAB_DEBIAN_MIRROR and HAB_DEBIAN_SECURITY_MIRROR" 1
  fi
}

# _debian_index: a current, signed index of the Debian release. One build at a time makes it.
_debian_index() {
  local directory="$__debian/$debian_suite" keys __mirror __security
  _debian_require
  mkdir -p "$directory"/{known,state,lists/partial,cache/archives/partial} "$__debian/archives" "$__debian/tools"
  exec {__debian_lock}>"$directory/lock"
  flock "$__debian_lock"
  : >>"$directory/status"
  # SHA256 for every file (without it security updates have no digest), as one user (`_apt` cannot be had in a
  # namespace), and no index but that of packages.
  printf '%s\n' "Dir::Etc::sourcelist \"$directory/sources.list\";" 'Dir::Etc::sourceparts "-";' \
    "Dir::State \"$directory/state\";" "Dir::State::lists \"$directory/lists\";" \
    "Dir::State::status \"$directory/status\";" "Dir::Cache \"$directory/cache\";" \
    "APT::Architecture \"$debian_architecture\";" 'APT::Architectures "";' 'APT::Sandbox::User "";' \
    'Acquire::ForceHash "SHA256";' 'Acquire::Languages "none";' \
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";' \
    'Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled "false";' 'Acquire::Retries "3";' >"$directory/apt.conf"
  if [[ ! -s "$directory/sources.list" || -n "$HAB_DEBIAN_MIRROR$HAB_DEBIAN_SECURITY_MIRROR" ||
    -z "$(find "$directory/updated" -mmin "-$__debian_index_max_age_minutes" 2>/dev/null)" ]]; then
    # Asking apt for its mirrors takes longer than the rest of a small build.
    _debian_mirrors
    keys="[arch=$debian_architecture signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    printf '%s\n' "deb $keys $__mirror $debian_suite main" "deb $keys $__mirror $debian_suite-updates main" \
      "deb $keys $__security $debian_suite-security main" >"$directory/sources.list"
  fi
  if [[ -z "$(find "$directory/updated" -mmin "-$__debian_index_max_age_minutes" 2>/dev/null)" ]]; then
    build_line "Updating the index of Debian $debian_suite"
    if _debian_apt apt-get update -qq -o APT::Update::Error-Mode=any; then
      rm -f "$directory"/known/*
      : >"$directory/updated"
    elif [[ -f "$directory/updated" ]]; then
      warn "Debian's mirror cannot be reached; going on with the index of $(date -ur "$directory/updated" +%F)"
    else
      exit_with "Debian's index cannot be fetched from $__mirror. Check the network, or name another mirror in HAB_DEBIAN_MIRROR and HAB_DEBIAN_SECURITY_MIRROR" 1
    fi
  fi
  exec {__debian_lock}>&-
}

# _debian_learn PACKAGE...: what the signed index says of them. It is kept beside it until it is updated: asking apt takes
# half a second, however many it is asked for.
_debian_learn() {
  local field value package version known="$__debian/$debian_suite/known" unknown=()
  for package in "$@"; do
    if [[ ! -s "$known/$package" ]]; then unknown+=("$package"); fi
  done
  if ((${#unknown[@]} == 0)); then return 0; fi
  while IFS=' ' read -r field value; do
    case "$field" in
      Package:) package="$value" ;;
      Version:) version="$value" ;;
      SHA256:)
        printf '%s %s\n' "$version" "$value" >"$known/$package.$$"
        mv "$known/$package.$$" "$known/$package"
        ;;
    esac
  done < <(_debian_apt apt-cache show --no-all-versions "${unknown[@]}" 2>/dev/null)
}

# _debian_describe PACKAGE: sets `__version`, `__sha256` and `__file` from the signed index.
_debian_describe() {
  local known="$__debian/$debian_suite/known/$1"
  __version= __sha256= __file=
  _debian_learn "$1"
  if [[ -s "$known" ]]; then read -r __version __sha256 <"$known"; fi
  if [[ -z "$__version" || ! "$__sha256" =~ ^[0-9a-f]{64}$ ]]; then
    exit_with "Debian $debian_suite has no package '$1'" 1
  fi
  __file="$__debian/archives/$1-$__sha256.deb"
}

# _debian_fetch PACKAGE...: their .deb files, which have the digests that the signed index names.
_debian_fetch() {
  local package missing=() directory computed rest __version __sha256 __file
  _debian_learn "$@"
  for package in "$@"; do
    _debian_describe "$package"
    if [[ -f "$__file" ]]; then continue; fi
    build_line "Downloading $package $__version of Debian $debian_suite"
    missing+=("$package=$__version")
  done
  if ((${#missing[@]} == 0)); then return 0; fi
  # A fresh directory: apt takes a file of the right size that is there already, whatever is in it.
  directory="$(mktemp -d "$__debian/archives/.fetch-XXXXXX")"
  (cd "$directory" && _debian_apt apt-get download -qq "${missing[@]}")
  for package in "${missing[@]}"; do
    _debian_describe "${package%%=*}"
    package="${package%%=*}_${__version//:/%3a}"
    read -r computed rest < <(sha256sum "$directory/$package"_*.deb)
    if [[ "$computed" != "$__sha256" ]]; then
      rm -rf "$directory"
      exit_with "$package does not have the SHA256 of Debian's index: expected $__sha256, but it is $computed" 1
    fi
    mv "$directory/$package"_*.deb "$__file"
  done
  rmdir "$directory"
}

# The part of a Debian version that the package's authors gave it. Debian's revision does not sort in idents
# (`u10` before `u9`), so a new revision is a new release of the same version.
_debian_upstream_version() {
  local version="${1#*:}"
  version="${version%-*}"
  version="${version%%[+~]*}"
  version="${version%.dfsg*}"
  printf '%s\n' "$version"
}

pkg_version() {
  local PATH="$INITIAL_PATH"
  _debian_describe "${debian_packages[0]}"
  _debian_upstream_version "$__version"
}

# What runs here is of the machine that builds: dependencies may have a `find` or a `sed` of another kind.
do_before() {
  PATH="$INITIAL_PATH" _debian_index
  update_pkg_version
}

do_download() {
  local PATH="$INITIAL_PATH"
  _debian_fetch "${debian_packages[@]}"
}

do_verify() {
  local PATH="$INITIAL_PATH"
  local package computed rest
  for package in "${debian_packages[@]}"; do
    _debian_describe "$package"
    read -r computed rest < <(sha256sum "$__file")
    if [[ "$computed" != "$__sha256" ]]; then
      rm -f "$__file"
      exit_with "The cached $__file was changed: expected $__sha256, but it is $computed. It has been removed; build again" 1
    fi
    build_line "Checksum verified for $package $__version"
  done
}

# Everything into one tree below $CACHE_PATH/root, laid out as Debian's merged /usr, without what no program reads.
do_unpack() {
  local PATH="$INITIAL_PATH"
  local package root="$CACHE_PATH/root" directory
  mkdir -p "$CACHE_PATH/unpacked" "$root"
  for package in "${debian_packages[@]}"; do
    _debian_describe "$package"
    dpkg-deb --extract "$__file" "$CACHE_PATH/unpacked"
    printf '%s %s %s %s\n' "$package" "$__version" "$debian_architecture" "$__sha256" >>"$CACHE_PATH/DEBIAN"
  done
  for directory in "$CACHE_PATH/unpacked/usr" "$CACHE_PATH/unpacked"; do
    if [[ -d "$directory" ]]; then
      rm -rf "$CACHE_PATH/unpacked/usr/"{share/doc,share/man,share/info,share/lintian,share/bug,share/bash-completion,share/locale}
      cp -a "$directory/." "$root/"
    fi
  done
  rm -rf "$root/usr"
}

do_build() { return 0; }

do_install() {
  debian_install
  debian_finish
}

do_strip() { return 0; }

do_after() { verify_hermetic; }

# debian_install: the unpacked files, less what the plan drops, with nobody's rights but the owner's.
debian_install() {
  local PATH="$INITIAL_PATH"
  local pattern path
  cp -a "$CACHE_PATH/root/." "$pkg_prefix/"
  cp "$CACHE_PATH/DEBIAN" "$pkg_prefix/DEBIAN"
  for pattern in etc var "${debian_drop[@]}"; do
    # shellcheck disable=SC2086 # a pattern
    for path in "$pkg_prefix"/$pattern; do rm -rf "$path"; done
  done
  chmod -R u+w,u-s,g-s,go-w "$pkg_prefix"
  find "$pkg_prefix" -mindepth 1 -type d -empty -delete
}

# debian_finish: links, interpreters and search paths; once, after the plan is done with its files.
debian_finish() {
  local PATH="$INITIAL_PATH"
  _debian_fix_links
  _debian_patch
}

# _debian_find PATH: sets `__found` to where a path of Debian is in this package or in one it depends on.
_debian_find() {
  local path="${1#/}" prefix
  path="${path#usr/}"
  for prefix in "$pkg_prefix" "${pkg_tdeps_resolved[@]}"; do
    __found="$prefix/$path"
    if [[ -e "$__found" || -L "$__found" ]]; then return 0; fi
  done
  return 1
}

# Absolute links of Debian lead into packages.
_debian_fix_links() {
  local link target __found
  while IFS= read -r -d '' link; do
    target="$(readlink "$link")"
    if [[ "$target" != /* ]]; then continue; fi
    if _debian_find "$target"; then
      ln -sfn "$__found" "$link"
    else
      exit_with "The link ${link#"$pkg_prefix"/} leads to $target, which is in no dependency of this plan. Add the package that has it to pkg_deps, or the link to debian_drop" 1
    fi
  done < <(find "$pkg_prefix" -type l -print0)
}

# debian_edit_strings FILE FROM TO: replaces text compiled into a binary by text of the same length.
debian_edit_strings() {
  local PATH="$INITIAL_PATH"
  local file="$pkg_prefix/$1"
  if ((${#2} != ${#3})); then exit_with "'$2' and '$3' are not of the same length" 1; fi
  if ! LC_ALL=C grep -q --binary-files=text --fixed-strings -e "$2" "$file"; then
    exit_with "$1 does not hold '$2': this Debian release needs another plan" 1
  fi
  LC_ALL=C sed --in-place --expression="s|${2//./\\.}|$3|g" "$file"
}

# patchelf, from Debian too: what the machine has installed may be another version.
_debian_patchelf() {
  local __file __version __sha256
  _debian_fetch patchelf
  _debian_describe patchelf
  __patchelf="$__debian/tools/patchelf-$__sha256/usr/bin/patchelf"
  if [[ ! -x "$__patchelf" ]]; then
    local directory
    directory="$(mktemp -d "$__debian/tools/.unpack-XXXXXX")"
    dpkg-deb --extract "$__file" "$directory"
    # Another build may have been faster; its copy is as good.
    mv -T "$directory" "${__patchelf%/usr/bin/patchelf}" 2>/dev/null || rm -rf "$directory"
  fi
}

_debian_is_elf() {
  local LC_ALL=C magic
  IFS= read -r -N 4 magic <"$1" || true
  [[ "$magic" == $'\177ELF' ]]
} 2>/dev/null

# Each program gets the interpreter of core/glibc and DT_RPATH (not RUNPATH: LD_LIBRARY_PATH must not come before it,
# and it has to hold for what libraries load themselves) with the directory of each library it names. The loader itself
# must never be patched.
_debian_patch() {
  local -A libraries=()
  local __patchelf file loader search needed name directory kept
  _debian_patchelf
  _debian_index_libraries
  loader="$pkg_prefix/$debian_lib/$debian_loader"
  if [[ ! -e "$loader" && -n "${libraries[$debian_loader]}" ]]; then loader="${libraries[$debian_loader]}/$debian_loader"; fi
  while IFS= read -r -d '' file; do
    if [[ "${file##*/}" == "$debian_loader" ]] || ! _debian_is_elf "$file"; then continue; fi
    # Static programs have nothing to patch.
    if ! needed="$("$__patchelf" --print-needed "$file" 2>/dev/null)"; then continue; fi
    search=()
    kept="$("$__patchelf" --print-rpath "$file")"
    while IFS= read -r -d : directory; do
      if [[ "$directory" == '$ORIGIN'* ]]; then search+=("$directory"); fi
    done <<<"$kept:"
    for name in $needed; do
      directory="${libraries[$name]}"
      if [[ -z "$directory" && -e "${file%/*}/$name" ]]; then directory="${file%/*}"; fi
      if [[ -z "$directory" ]]; then
        exit_with "${file#"$pkg_prefix"/} needs $name, which is in no dependency of this plan. Add the package that has it to pkg_deps" 1
      fi
      if ! _array_contains "$directory" "${search[@]}"; then search+=("$directory"); fi
    done
    if "$__patchelf" --print-interpreter "$file" >/dev/null 2>&1; then
      # libc loads libgcc_s by name when a thread ends; it is found by the search path of the program.
      directory="${libraries[libgcc_s.so.1]}"
      if [[ -n "$directory" ]] && ! _array_contains "$directory" "${search[@]}"; then search+=("$directory"); fi
      "$__patchelf" --set-interpreter "$loader" --force-rpath --set-rpath "$(join_by : "${search[@]}")" "$file"
    elif ((${#search[@]} > 0)); then
      "$__patchelf" --force-rpath --set-rpath "$(join_by : "${search[@]}")" "$file"
    fi
  done < <(find "$pkg_prefix" -type f -print0)
}

# Fills the caller's `libraries`: name → directory, of this package and its direct dependencies.
_debian_index_libraries() {
  local directory directories path text
  directories=("${pkg_lib_dirs[@]/#/$pkg_prefix/}")
  for path in "${pkg_deps_resolved[@]}"; do
    if [[ -f "$path/LD_RUN_PATH" ]]; then
      text="$(<"$path/LD_RUN_PATH")"
      while IFS= read -r -d : directory; do directories+=("$directory"); done <<<"$text:"
    fi
  done
  for directory in "${directories[@]}"; do
    for path in "$directory"/*.so*; do
      if [[ -e "$path" && -z "${libraries[${path##*/}]}" ]]; then libraries[${path##*/}]="$directory"; fi
    done
  done
}
