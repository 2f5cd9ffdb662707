pkg_name=interpreted
pkg_origin=acme
pkg_version=1.0
# Runs the program of a dependency before PATH is set.
pkg_build_deps=(acme/shell)
do_setup_environment() { set_runtime_env SAID "$("$(pkg_path_for acme/shell)/bin/shell" -c 'echo "said"')"; }
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
