pkg_name=gems-two
pkg_origin=acme
pkg_version=1.0
do_begin() { export HAB_ENV_PLUGINS_TYPE=aggregate HAB_ENV_PLUGINS_SEPARATOR=,; }
do_setup_environment() {
  push_runtime_env GEM_PATH "$pkg_prefix/gems"
  push_runtime_env PLUGINS "$pkg_prefix/plugins"
  # The same variable for those that run and for those that are built with it.
  set_runtime_env TWO_HOME "$pkg_prefix"
  set_buildtime_env TWO_HOME "$pkg_prefix"
}
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
