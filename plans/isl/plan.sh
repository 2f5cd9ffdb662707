source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=isl
pkg_origin=core
pkg_description="Sets and relations of integers, for the loops of compilers"
pkg_license=(MIT)
pkg_upstream_url=https://libisl.sourceforge.io
debian_packages=(libisl23)
pkg_deps=(core/glibc core/gmp)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
