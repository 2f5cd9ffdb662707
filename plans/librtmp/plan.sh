source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=librtmp
pkg_origin=core
pkg_description="Library of the Real-Time Messaging Protocol"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=http://rtmpdump.mplayerhq.hu
debian_packages=(librtmp1)
pkg_deps=(core/glibc core/gmp core/gnutls core/nettle core/zlib)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
