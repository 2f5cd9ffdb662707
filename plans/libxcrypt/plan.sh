source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libxcrypt
pkg_origin=core
pkg_description="Password hashes: crypt(3)"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://github.com/besser82/libxcrypt
debian_packages=(libcrypt1)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
