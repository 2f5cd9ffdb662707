pkg_name=systemd-libs
pkg_origin=core
pkg_description="Client library of systemd"
pkg_license=(LGPL-2.1-or-later)
pkg_upstream_url=https://systemd.io
pkg_deb_packages=(libsystemd0)
pkg_deps=(core/glibc core/libcap core/libgcrypt core/lz4 core/xz core/zstd)
pkg_lib_dirs=("$debian_lib")
