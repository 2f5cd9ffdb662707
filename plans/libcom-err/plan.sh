source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libcom-err
pkg_origin=core
pkg_description="Error tables of several C libraries"
pkg_license=(MIT)
pkg_upstream_url=http://e2fsprogs.sourceforge.net
debian_packages=(libcom-err2)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
