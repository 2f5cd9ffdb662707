source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=libgcrypt
pkg_origin=core
pkg_description="Cryptographic library of GnuPG"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://gnupg.org/software/libgcrypt
debian_packages=(libgcrypt20)
pkg_deps=(core/glibc core/libgpg-error)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
