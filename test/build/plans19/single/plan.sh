pkg_name=single
pkg_origin=acme
pkg_version=1.0
# One file as source, as a .war or a .phar is: taken over in do_unpack.
pkg_source="$PLAN_URL/hello-1.0.txt"
pkg_shasum=b9e68e1bea3e5b19ca6b2f98b73a54b73daafaa250484902e09982e07a12e733
pkg_exports=([port]=port)
pkg_exposes=(port)
do_unpack() { mkdir -p "$CACHE_PATH"; cp "$HAB_CACHE_SRC_PATH/$pkg_filename" "$CACHE_PATH/app.war"; }
do_build() { return 0; }
do_install() { cp app.war "$pkg_prefix/"; }
do_strip() { return 0; }
