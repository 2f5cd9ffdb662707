source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=patch
pkg_origin=core
pkg_description="Applies differences to files"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://savannah.gnu.org/projects/patch
debian_packages=(patch)
pkg_deps=(core/glibc)
pkg_bin_dirs=(bin)
debian_drop=(share)
