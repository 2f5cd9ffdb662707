pkg_name=make
pkg_origin=core
pkg_description="Makes files from others by rules"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/make
pkg_deb_packages=(make)
pkg_deps=(core/glibc)
# A perl script, and what extensions are built with.
pkg_deb_drop=(bin/make-first-existing-target include share)
pkg_bin_dirs=(bin)
