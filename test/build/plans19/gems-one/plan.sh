pkg_name=gems-one
pkg_origin=acme
pkg_version=1.0
do_setup_environment() { push_runtime_env GEM_PATH "$pkg_prefix/gems"; set_runtime_env ONE_HOME "$pkg_prefix"; }
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
