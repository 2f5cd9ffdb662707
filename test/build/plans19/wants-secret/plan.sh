pkg_name=wants-secret
pkg_origin=acme
pkg_version=1.0
do_build() { [[ -n "$HAB_STUDIO_SECRET_FOO" ]]; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
