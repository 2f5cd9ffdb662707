# A service that runs web applications (WAR); core/tomcat10 is the server alone, for packages that bring their application along,
# as core/visits does.
pkg_name=tomcat
pkg_origin=core
pkg_version=10.1
pkg_description="Tomcat as a service: runs the web applications that are put into its directory"
pkg_license=(Apache-2.0)
pkg_upstream_url=https://tomcat.apache.org
pkg_deps=(core/jre17 core/tomcat10 core/postgresql-jdbc core/busybox-static)
pkg_binds_optional=(
  [database]="port database user password"
)
pkg_exports=(
  [port]=port
)
pkg_exposes=(port)
# Answers the requests it has begun before it goes.
pkg_shutdown_timeout_sec=30

do_build() { return 0; }
do_install() { return 0; }
