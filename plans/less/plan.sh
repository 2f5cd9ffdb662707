pkg_name=less
pkg_origin=core
pkg_description="Shows texts a page at a time"
pkg_license=('GPL-3.0-or-later OR BSD-2-Clause')
pkg_upstream_url=https://www.greenwoodsoftware.com/less
pkg_deb_packages=(less)
pkg_deps=(core/glibc core/ncurses)
# Scripts that call what the host may have.
pkg_deb_drop=(bin/{lessfile,lesspipe} lib share)
pkg_bin_dirs=(bin)
