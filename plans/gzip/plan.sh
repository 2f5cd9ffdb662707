source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=gzip
pkg_origin=core
pkg_description="Compression in the format of gzip"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/gzip
debian_packages=(gzip)
pkg_deps=(core/glibc core/bash core/grep core/less core/sed)
pkg_bin_dirs=(bin)
debian_drop=(share)
