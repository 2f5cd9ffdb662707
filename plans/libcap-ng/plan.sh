source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libcap-ng
pkg_origin=core
pkg_description="Library for POSIX capabilities, the simpler one"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://people.redhat.com/sgrubb/libcap-ng
debian_packages=(libcap-ng0)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
