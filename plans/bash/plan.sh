pkg_name=bash
pkg_origin=core
pkg_description="GNU shell"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/bash
pkg_deb_packages=(bash)
# A script that mails its authors, and what only Debian's consoles use.
pkg_deb_drop=(bin/{bashbug,clear_console} share)
pkg_deps=(core/glibc core/ncurses)
pkg_bin_dirs=(bin)
pkg_interpreters=(bin/bash bin/sh)

do_install() {
  debian_install
  ln -s bash "$pkg_prefix/bin/sh"
  debian_finish
}
