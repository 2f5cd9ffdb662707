pkg_name=visits
pkg_origin=core
pkg_version=1.0.0
pkg_description="Example of a web application: counts its visits in PostgreSQL"
pkg_license=(Apache-2.0)
pkg_deps=(core/jre17 core/tomcat10 core/postgresql-jdbc core/busybox-static)
pkg_binds=(
  [database]="port database user password"
)
pkg_exports=(
  [port]=port
)
pkg_exposes=(port)
pkg_shutdown_timeout_sec=25

do_build() { return 0; }

do_install() {
  cp -r "$PLAN_CONTEXT/webapp" "$pkg_prefix/"
}
