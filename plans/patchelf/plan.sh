source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=patchelf
pkg_origin=core
pkg_description="Changes the interpreter and the search path of programs"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://github.com/NixOS/patchelf
debian_packages=(patchelf)
pkg_deps=(core/glibc core/gcc-libs)
pkg_bin_dirs=(bin)
debian_drop=(share)
