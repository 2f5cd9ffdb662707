pkg_name=debian
pkg_origin=acme
pkg_version=1.0
pkg_source="$PLAN_URL/tiny.deb"
do_verify() { return 0; }
do_unpack() { dpkg-deb -x "$HAB_CACHE_SRC_PATH/$pkg_filename" "$CACHE_PATH"; }
do_build() { return 0; }
do_install() { cp opt/tiny "$pkg_prefix/"; }
