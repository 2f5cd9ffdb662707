pkg_name=tar
pkg_origin=core
pkg_description="Archives of files"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/tar
pkg_deb_packages=(tar)
pkg_deps=(core/glibc core/acl core/libselinux)
# A script, and what serves tape drives of other machines.
pkg_deb_drop=(lib sbin share)
pkg_bin_dirs=(bin)
