pkg_name=liblzf
pkg_origin=core
pkg_description="Very small and fast compression library"
pkg_license=('BSD-2-Clause OR GPL-2.0-or-later')
pkg_upstream_url=http://software.schmorp.de/pkg/liblzf.html
pkg_deb_packages=(liblzf1)
pkg_deps=(core/glibc)
pkg_lib_dirs=("$debian_lib")
