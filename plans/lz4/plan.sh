source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=lz4
pkg_origin=core
pkg_description="Fast compression library"
pkg_license=(BSD-2-Clause)
pkg_upstream_url=https://lz4.org
debian_packages=(liblz4-1 liblz4-dev)
pkg_deps=(core/glibc)
debian_drop=("$debian_lib"/\*.a share)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
pkg_pconfig_dirs=("$debian_lib/pkgconfig")
