pkg_name=scaffolder
pkg_origin=acme
pkg_version=1.0
do_build() { return 0; }
do_install() { install -D -m 644 "$PLAN_CONTEXT/lib/scaffolding.sh" "$pkg_prefix/lib/scaffolding.sh"; }
