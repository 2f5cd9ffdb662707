pkg_name=checked
pkg_origin=acme
pkg_version=1.0
pkg_deps=(acme/service)
pkg_build_deps=(acme/service4)
do_check() { echo checked >"$PLAN_CONTEXT/checked"; }
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
