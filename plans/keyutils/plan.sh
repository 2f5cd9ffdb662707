source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=keyutils
pkg_origin=core
pkg_description="Library for the key management of the kernel"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://people.redhat.com/~dhowells/keyutils
debian_packages=(libkeyutils1)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
