source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=mpfr
pkg_origin=core
pkg_description="Floating-point numbers of any precision, rounded correctly"
pkg_license=(LGPL-3.0-or-later)
pkg_upstream_url=https://www.mpfr.org
debian_packages=(libmpfr6)
pkg_deps=(core/glibc core/gmp)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
