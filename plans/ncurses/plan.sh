source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=ncurses
pkg_origin=core
pkg_description="Library of terminal descriptions"
pkg_license=(X11-distribute-modifications-variant)
pkg_upstream_url=https://invisible-island.net/ncurses
debian_packages=(libtinfo6)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
