source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libsigsegv
pkg_origin=core
pkg_description="Handling of page faults in user mode"
pkg_license=(GPL-2.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/libsigsegv
debian_packages=(libsigsegv2)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
