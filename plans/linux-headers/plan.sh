pkg_name=linux-headers
pkg_origin=core
pkg_description="Interface of the kernel, for compilers"
pkg_license=('GPL-2.0-only WITH Linux-syscall-note')
pkg_upstream_url=https://www.kernel.org
pkg_deb_packages=(linux-libc-dev)
pkg_deb_drop=(lib share)
pkg_include_dirs=(include)
