source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=gpgv
pkg_origin=core
pkg_description="Checks signatures of OpenPGP against given keys"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://gnupg.org
debian_packages=(gpgv)
pkg_deps=(core/glibc core/bzip2 core/libgcrypt core/libgpg-error core/zlib)
pkg_bin_dirs=(bin)
debian_drop=(share)
