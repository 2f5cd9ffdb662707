source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=zstd
pkg_origin=core
pkg_description="Library of the Zstandard compression format"
pkg_license=('BSD-3-Clause OR GPL-2.0-only')
pkg_upstream_url=https://facebook.github.io/zstd
debian_packages=(libzstd1)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
