pkg_name=service
pkg_origin=acme
pkg_version=1.0
pkg_svc_run="server $pkg_svc_config_path/server.conf"
pkg_exports=([port]=server.port [host]=server.host)
pkg_exposes=(port)
pkg_binds_optional=([store]="port")
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
