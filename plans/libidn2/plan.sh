source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libidn2
pkg_origin=core
pkg_description="Internationalized domain names"
pkg_license=('LGPL-3.0-or-later OR GPL-2.0-or-later')
pkg_upstream_url=https://www.gnu.org/software/libidn
debian_packages=(libidn2-0)
pkg_deps=(core/glibc core/libunistring)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
