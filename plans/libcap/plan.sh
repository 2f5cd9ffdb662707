pkg_name=libcap
pkg_origin=core
pkg_description="Library for POSIX capabilities"
pkg_license=('BSD-3-Clause OR GPL-2.0-only')
pkg_upstream_url=https://sites.google.com/site/fullycapable
pkg_deb_packages=(libcap2)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
