pkg_name=coreutils
pkg_origin=core
pkg_description="Basic tools for files, texts and processes: ls, cp, sort, env and a hundred more"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/coreutils
pkg_deb_packages=(coreutils)
# A second name of md5sum.
pkg_deb_drop=(bin/md5sum.textutils share)
pkg_deps=(core/glibc core/acl core/attr core/gmp core/libselinux)
pkg_bin_dirs=(bin sbin)
pkg_interpreters=(bin/env)

do_install() {
  debian_install
  # stdbuf looks for its library beside itself first, and then where it is on Debian.
  ln -s ../libexec/coreutils/libstdbuf.so "$pkg_prefix/bin/libstdbuf.so"
  debian_finish
}
