source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=gmp
pkg_origin=core
pkg_description="Arithmetic with numbers of any length"
pkg_license=('LGPL-3.0-or-later OR GPL-2.0-or-later')
pkg_upstream_url=https://gmplib.org
debian_packages=(libgmp10)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
