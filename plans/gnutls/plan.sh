source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=gnutls
pkg_origin=core
pkg_description="TLS library"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://www.gnutls.org
debian_packages=(libgnutls30)
pkg_deps=(core/glibc core/gmp core/libidn2 core/libtasn1 core/libunistring core/nettle core/p11-kit)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
