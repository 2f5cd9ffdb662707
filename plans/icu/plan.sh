source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=icu
pkg_origin=core
pkg_description="Unicode and locale support"
pkg_license=(Unicode-3.0)
pkg_upstream_url=https://icu.unicode.org
debian_packages=(libicu72)
pkg_deps=(core/glibc core/gcc-libs)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
