source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=nettle
pkg_origin=core
pkg_description="Low-level cryptography"
pkg_license=('LGPL-3.0-or-later OR GPL-2.0-or-later')
pkg_upstream_url=https://www.lysator.liu.se/~nisse/nettle
debian_packages=(libnettle8 libhogweed6)
pkg_deps=(core/glibc core/gmp)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
