pkg_name=blog
pkg_origin=acme
pkg_version=1.0
pkg_svc_user=blog
pkg_svc_group=$pkg_svc_user
pkg_exports=()
pkg_binds=([database]="port host")
content=$HAB_CACHE_SRC_PATH/content
do_unpack() { mkdir -p "$content"; echo post >"$content/post"; }
do_build() { return 0; }
do_install() { cp "$content/post" "$pkg_prefix/"; }
