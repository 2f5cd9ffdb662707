source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libffi
pkg_origin=core
pkg_description="Calls of functions whose signature is known at run time only"
pkg_license=(MIT)
pkg_upstream_url=https://sourceware.org/libffi
debian_packages=(libffi8)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
