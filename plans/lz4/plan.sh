source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=lz4
pkg_origin=core
pkg_description="Fast compression library"
pkg_license=(BSD-2-Clause)
pkg_upstream_url=https://lz4.org
debian_packages=(liblz4-1)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
