source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libxml2
pkg_origin=core
pkg_description="XML parser"
pkg_license=(MIT)
pkg_upstream_url=https://gitlab.gnome.org/GNOME/libxml2
debian_packages=(libxml2)
pkg_deps=(core/glibc core/icu core/xz core/zlib)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
