source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=xz
pkg_origin=core
pkg_description="Library of the XZ compression format"
pkg_license=(0BSD)
pkg_upstream_url=https://tukaani.org/xz
debian_packages=(liblzma5)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
