pkg_name=pinned
pkg_origin=acme
pkg_version=1.0
pkg_deps=(acme/service/1.0)
pkg_build_deps=(acme/service4/4.0)
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
