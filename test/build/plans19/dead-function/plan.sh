pkg_name=dead-function
pkg_origin=acme
pkg_version=1.0
do_setup() { exit 9; }
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
