source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=audit
pkg_origin=core
pkg_description="Library for the audit records of the kernel"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://people.redhat.com/sgrubb/audit
debian_packages=(libaudit1)
pkg_deps=(core/glibc core/libcap-ng)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
