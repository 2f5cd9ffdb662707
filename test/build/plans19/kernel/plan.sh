pkg_name=kernel
pkg_origin=acme
pkg_version=1.0
# Calls hab itself before anything else, and the small helpers.
pkg_deps=(acme/shell)
do_begin() { mkdir -p "$PLAN_CONTEXT/links"; ln -sf "$("$HAB_BIN" pkg path acme/shell)/bin/shell" "$PLAN_CONTEXT/links/"; }
flags="$(join_by , $(trim "  a b  ") c)"
do_build() { return 0; }
do_install() { echo "$flags" >"$pkg_prefix/flags"; }
