pkg_name=gawk
pkg_origin=core
pkg_description="Language for texts of records and fields"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/gawk
pkg_deb_packages=(gawk)
pkg_deb_drop=(bin/gawkbug include share/doc-base)
pkg_deps=(core/glibc core/gmp core/libsigsegv core/mpfr core/readline)
pkg_bin_dirs=(bin)
pkg_interpreters=(bin/awk bin/gawk)

# Its own functions and extensions are looked for on Debian's places otherwise.
do_setup_environment() {
  set_runtime_env AWKPATH ".:$pkg_prefix/share/awk"
  set_runtime_env AWKLIBPATH "$pkg_prefix/$debian_lib/gawk"
}

do_install() {
  debian_install
  ln -s gawk "$pkg_prefix/bin/awk"
  debian_finish
}
