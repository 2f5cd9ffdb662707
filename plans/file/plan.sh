pkg_name=file
pkg_origin=core
pkg_description="Says what kind of content a file has"
pkg_license=(BSD-2-Clause-Darwin)
pkg_upstream_url=https://www.darwinsys.com/file
pkg_deb_packages=(file libmagic1 libmagic-mgc)
pkg_deps=(core/glibc core/bzip2 core/xz core/zlib)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")
pkg_deb_drop=(share)

# The library would look for its table in /usr/share.
do_setup_environment() {
  set_runtime_env MAGIC "$pkg_prefix/lib/file/magic.mgc"
}
