pkg_name=vim
pkg_origin=core
pkg_description="Editor for texts, in its smallest form"
pkg_license=(Vim)
pkg_upstream_url=https://www.vim.org
pkg_deb_packages=(vim-tiny)
pkg_deb_ignore=(vim-common)
pkg_deb_drop=(lib share)
pkg_deps=(core/glibc core/acl core/libselinux core/ncurses)
pkg_bin_dirs=(bin)

do_install() {
  local name
  debian_install
  mv "$pkg_prefix/bin/vim.tiny" "$pkg_prefix/bin/vim"
  # It acts by its name.
  for name in ex rview rvim vi view vimdiff; do ln -s vim "$pkg_prefix/bin/$name"; done
  debian_finish
}
