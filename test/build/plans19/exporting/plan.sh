pkg_name=exporting
pkg_origin=acme
pkg_version=1.0
pkg_deps=(acme/service)
do_before() { build_line "root is $SERVICE_ROOT"; }
do_setup_environment() {
  export SERVICE_ROOT
  SERVICE_ROOT="$(pkg_path_for service)"
}
do_build() { return 0; }
do_install() { echo "$SERVICE_ROOT" >"$pkg_prefix/root"; }
