pkg_name=ncurses
pkg_origin=core
pkg_description="Terminals: descriptions, the library that reads them, windows and menus of text"
pkg_license=(X11-distribute-modifications-variant)
pkg_upstream_url=https://invisible-island.net/ncurses
pkg_deb_packages=(libtinfo6 libncurses6 libncursesw6 ncurses-base ncurses-bin libncurses-dev)
pkg_deb_ignore=(libc6-dev)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
pkg_pconfig_dirs=("$debian_lib/pkgconfig")
pkg_deb_drop=(bin/ncurses\*-config lib/valgrind "$debian_lib"/\*.a share/{applications,icons,doc-base})
pkg_bin_dirs=(bin)

# After what the user names, and before what the host may have.
do_setup_environment() {
  set_runtime_env TERMINFO_DIRS "$pkg_prefix/share/terminfo"
}

do_install() {
  debian_install
  rm -rf "$pkg_prefix/share/terminfo"
  mv "$pkg_prefix/lib/terminfo" "$pkg_prefix/share/terminfo"
  debian_finish
}
