source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libtasn1
pkg_origin=core
pkg_description="ASN.1 structures"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://www.gnu.org/software/libtasn1
debian_packages=(libtasn1-6)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
