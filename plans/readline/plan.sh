source "$(dirname "${BASH_SOURCE[0]}")/../lib/debian.sh"

pkg_name=readline
pkg_origin=core
pkg_description="Editing of command lines"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://tiswww.case.edu/php/chet/readline/rltop.html
debian_packages=(libreadline8)
pkg_deps=(core/glibc core/ncurses)
pkg_lib_dirs=("$debian_lib")
debian_drop=(share)
