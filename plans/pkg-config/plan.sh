pkg_name=pkg-config
pkg_origin=core
pkg_description="Tells compilers where libraries are: pkgconf"
pkg_license=(ISC)
pkg_upstream_url=http://pkgconf.org
pkg_deb_packages=(pkgconf-bin libpkgconf3 pkgconf)
pkg_deb_drop=(share/pkgconfig)
pkg_deps=(core/glibc)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")

# It would find libraries of the host; builds name those of packages in PKG_CONFIG_PATH.
do_install() {
  debian_install
  debian_finish
  debian_edit_strings "$debian_lib/libpkgconf.so.3.0.0" /usr/ /hab/
}
