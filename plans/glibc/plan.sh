pkg_name=glibc
pkg_origin=core
pkg_description="GNU C library, with its loader, locale C.UTF-8 and character set conversions"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://www.gnu.org/software/libc
pkg_deb_packages=(libc6 libc-bin)
pkg_deb_ignore=('*')
# Scripts (they want a shell), and tools that serve an /etc.
pkg_deb_drop=(bin/ldd bin/tzselect sbin share)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")

# The library would read locales and conversions of the host; these are its own.
do_setup_environment() {
  set_runtime_env LOCPATH "$pkg_prefix/lib/locale"
  set_runtime_env GCONV_PATH "$pkg_prefix/$debian_lib/gconv"
}

# The loader has directories and files of the host compiled in, to fall back on. There is nothing at the places that
# are named instead, so a library that is missing is missed at once, and what the host preloads stays out.
do_install() {
  debian_install
  # Plans for the original look for the loader here.
  ln -sfn "$debian_triplet/$debian_loader" "$pkg_prefix/lib/$debian_loader"
  debian_finish
  local loader="$debian_lib/$debian_loader" libc="$debian_lib/libc.so.6"
  debian_edit_strings "$loader" /etc/ld.so. /hab/ld.so.
  debian_edit_strings "$loader" "/usr/lib/" "/hab/lib/"
  debian_edit_strings "$loader" /lib/ /hab/
  debian_edit_strings "$libc" /usr/lib/locale /hab/lib/locale
  debian_edit_strings "$libc" "/usr/lib/$debian_triplet/gconv" "/hab/lib/$debian_triplet/gconv"
}
