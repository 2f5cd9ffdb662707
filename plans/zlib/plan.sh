source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=zlib
pkg_origin=core
pkg_description="Compression library"
pkg_license=(Zlib)
pkg_upstream_url=https://zlib.net
debian_packages=(zlib1g zlib1g-dev)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
pkg_pconfig_dirs=("$debian_lib/pkgconfig")
debian_drop=("$debian_lib"/\*.a share)
