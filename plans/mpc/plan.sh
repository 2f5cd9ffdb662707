source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=mpc
pkg_origin=core
pkg_description="Complex numbers of any precision, rounded correctly"
pkg_license=(LGPL-3.0-or-later)
pkg_upstream_url=https://www.multiprecision.org/mpc
debian_packages=(libmpc3)
pkg_deps=(core/glibc core/gmp core/mpfr)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
