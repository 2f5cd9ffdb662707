source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=unzip
pkg_origin=core
pkg_description="Takes zip archives apart"
pkg_license=(Info-ZIP)
pkg_upstream_url=http://infozip.sourceforge.net/UnZip.html
debian_packages=(unzip)
pkg_deps=(core/glibc core/bash core/bzip2)
pkg_bin_dirs=(bin)
debian_drop=(share)
