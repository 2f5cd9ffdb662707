pkg_name=glibc-dev
pkg_origin=core
pkg_description="What programs in C are compiled and linked with: headers, start files and static libraries of core/glibc"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://www.gnu.org/software/libc
pkg_deb_packages=(libc6-dev)
pkg_deb_ignore=(libc-dev-bin libcrypt-dev)
pkg_deb_drop=("$debian_lib"/audit share)
pkg_deps=(core/glibc core/linux-headers)
# No pkg_include_dirs or pkg_lib_dirs: the compiler looks here by itself, and in the right order.

# Some libraries are texts for the linker that name others.
do_install() {
  local file path glibc
  glibc="$(pkg_path_for core/glibc)"
  debian_install
  for file in "$pkg_prefix/$debian_lib"/*.{so,a}; do
    if [[ -L "$file" ]] || [[ "$(head -c 16 "$file")" != '/* GNU ld script' ]]; then continue; fi
    while IFS= read -r path; do
      if [[ -e "$pkg_prefix/${path#/usr/}" ]]; then
        sed --in-place --expression="s|$path |$pkg_prefix/${path#/usr/} |" "$file"
      elif [[ -e "$glibc/${path#/}" ]]; then
        sed --in-place --expression="s|$path |$glibc/${path#/} |" "$file"
      else
        exit_with "${file##*/} names $path, which is nowhere" 1
      fi
    done < <(grep -oE '/(usr/)?lib[^ ]*' "$file")
  done
  debian_finish
  # Nor does it get the directories there are.
  pkg_include_dirs=()
  pkg_lib_dirs=()
}
