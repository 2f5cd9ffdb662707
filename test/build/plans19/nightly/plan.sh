pkg_name=nightly
pkg_origin=acme
pkg_version() { cat "$HAB_CACHE_SRC_PATH/version"; }
parts=(one two)
do_download() { local part; for part in "${parts[@]}"; do download_file "$PLAN_URL/hello-1.0.txt" "$part" ""; done; }
do_unpack() { echo 2026.11 >"$HAB_CACHE_SRC_PATH/version"; update_pkg_version; mkdir -p "$CACHE_PATH"; }
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
