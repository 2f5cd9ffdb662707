source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=brotli
pkg_origin=core
pkg_description="Library of the Brotli compression format"
pkg_license=(MIT)
pkg_upstream_url=https://github.com/google/brotli
debian_packages=(libbrotli1)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
