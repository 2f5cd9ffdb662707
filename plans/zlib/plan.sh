source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=zlib
pkg_origin=core
pkg_description="Compression library"
pkg_license=(Zlib)
pkg_upstream_url=https://zlib.net
debian_packages=(zlib1g)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
