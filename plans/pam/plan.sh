source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=pam
pkg_origin=core
pkg_description="Library of the pluggable authentication modules, without modules"
pkg_license=('BSD-3-Clause OR GPL-2.0-or-later')
pkg_upstream_url=http://www.linux-pam.org
debian_packages=(libpam0g)
pkg_deps=(core/glibc core/audit)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
