source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libssh2
pkg_origin=core
pkg_description="Library of the client side of SSH"
pkg_license=(BSD-3-Clause)
pkg_upstream_url=https://libssh2.org
debian_packages=(libssh2-1)
pkg_deps=(core/glibc core/openssl core/zlib)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
