source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=nghttp2
pkg_origin=core
pkg_description="Library of HTTP/2"
pkg_license=(MIT)
pkg_upstream_url=https://nghttp2.org
debian_packages=(libnghttp2-14)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
