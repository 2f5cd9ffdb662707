pkg_name=target-only
pkg_origin=acme
pkg_version=1.0
do_build() { return 0; }
do_install() { cp "$PLAN_CONTEXT/resource" "$pkg_prefix/"; }
