pkg_name=web
pkg_origin=acme
pkg_version=1.0
# A run hook and pkg_svc_run: the hook wins. Runs as root.
pkg_svc_run='web -g'
pkg_svc_user=root
pkg_svc_group=root
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
