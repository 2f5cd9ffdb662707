source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=diffutils
pkg_origin=core
pkg_description="Comparison of files: diff, cmp, diff3, sdiff"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/diffutils
debian_packages=(diffutils)
pkg_deps=(core/glibc)
pkg_bin_dirs=(bin)
debian_drop=(share)
