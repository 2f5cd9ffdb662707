source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=sed
pkg_origin=core
pkg_description="Editor of streams"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/sed
debian_packages=(sed)
pkg_deps=(core/glibc core/acl core/libselinux)
pkg_bin_dirs=(bin)
debian_drop=(share)
