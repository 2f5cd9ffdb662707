source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=attr
pkg_origin=core
pkg_description="Library for extended attributes of files"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://savannah.nongnu.org/projects/attr
debian_packages=(libattr1)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
