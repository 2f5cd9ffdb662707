pkg_name=libgpg-error
pkg_origin=core
pkg_description="Error values of the GnuPG components"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://gnupg.org/software/libgpg-error
pkg_deb_packages=(libgpg-error0)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
