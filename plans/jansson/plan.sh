source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=jansson
pkg_origin=core
pkg_description="JSON library in C"
pkg_license=(MIT)
pkg_upstream_url=https://github.com/akheron/jansson
debian_packages=(libjansson4)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
