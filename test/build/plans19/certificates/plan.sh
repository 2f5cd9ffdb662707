pkg_name=certificates
pkg_origin=acme
pkg_version=static
# A static version and a function: the function wins when it is asked.
pkg_source="$PLAN_URL/hello-1.0.txt"
pkg_version() { echo 2024.01.02; }
do_download() { do_default_download; update_pkg_version; }
do_verify() { return 0; }
do_unpack() { mkdir -p "$CACHE_PATH"; cp "$HAB_CACHE_SRC_PATH/$pkg_filename" "$CACHE_PATH/"; }
do_build() { return 0; }
do_install() { cp hello-1.0.txt "$pkg_prefix/"; }
