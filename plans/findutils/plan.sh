source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=findutils
pkg_origin=core
pkg_description="Search for files and work on what is found: find, xargs"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/findutils
debian_packages=(findutils)
pkg_deps=(core/glibc core/libselinux)
pkg_bin_dirs=(bin)
debian_drop=(share)
