source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libxcrypt
pkg_origin=core
pkg_description="Password hashes: crypt(3)"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://github.com/besser82/libxcrypt
debian_packages=(libcrypt1 libcrypt-dev)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
pkg_pconfig_dirs=("$debian_lib/pkgconfig")
debian_drop=("$debian_lib"/\*.a share)
