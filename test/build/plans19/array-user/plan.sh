pkg_name=array-user
pkg_origin=acme
pkg_version=1.0
pkg_svc_user=(root)
pkg_svc_run=serve
do_build() { return 4; }
do_after_failure() { warn "what is left is in $CACHE_PATH"; }
do_install() { return 0; }
