source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libpsl
pkg_origin=core
pkg_description="Public Suffix List: which domains may share cookies"
pkg_license=(MIT)
pkg_upstream_url=https://github.com/rockdaboot/libpsl
debian_packages=(libpsl5)
pkg_deps=(core/glibc core/libidn2 core/libunistring)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
