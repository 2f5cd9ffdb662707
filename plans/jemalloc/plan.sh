pkg_name=jemalloc
pkg_origin=core
pkg_description="General purpose allocator for concurrent programs"
pkg_license=(BSD-2-Clause)
pkg_upstream_url=https://jemalloc.net
pkg_deb_packages=(libjemalloc2)
pkg_deps=(core/glibc core/gcc-libs)
pkg_lib_dirs=("$debian_lib")
