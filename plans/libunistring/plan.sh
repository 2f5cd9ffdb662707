source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libunistring
pkg_origin=core
pkg_description="Unicode strings"
pkg_license=('LGPL-3.0-or-later OR GPL-2.0-or-later')
pkg_upstream_url=https://www.gnu.org/software/libunistring
debian_packages=(libunistring2)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
