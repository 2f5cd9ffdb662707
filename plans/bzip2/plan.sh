source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=bzip2
pkg_origin=core
pkg_description="Compression in the format of bzip2: library and programs"
pkg_license=(bzip2-1.0.6)
pkg_upstream_url=https://sourceware.org/bzip2
debian_packages=(libbz2-1.0 bzip2 libbz2-dev)
pkg_deps=(core/glibc core/bash core/diffutils core/grep core/less)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
debian_drop=("$debian_lib"/\*.a share)
