pkg_name=gems-user
pkg_origin=acme
pkg_version=1.0
pkg_deps=(acme/gems-one)
pkg_build_deps=(acme/gems-two)
HAB_ENV_PLUGINS_TYPE=aggregate
HAB_ENV_PLUGINS_SEPARATOR=,
do_setup_environment() { push_buildtime_env PLUGINS /own; }
do_build() { return 0; }
do_install() { echo "$GEM_PATH|$PLUGINS|$TWO_HOME" >"$pkg_prefix/seen"; }
