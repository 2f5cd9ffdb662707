pkg_name=extras
pkg_origin=acme
pkg_version=1.0
# More sources than one, by the helper functions; a description from a here document.
pkg_description=$(cat <<TEXT
First line
Second line
TEXT
)
pkg_source="$PLAN_URL/hello-1.0.tar.gz"
pkg_filename=hello-1.0.tar.gz
pkg_shasum=b8a8fd6ab24bb63938c1f7284f492d6c9917eb6398abc647ed028c317c5c1223
pkg_dirname=hello-1.0
extra=hello-1.0.zip
do_download() {
  do_default_download
  download_file "$PLAN_URL/$extra" "$extra" 8536da7c8188e2162ddd069918e66be1a5781b1a5e0a701f6e9093e3ac777888
}
do_verify() { do_default_verify; verify_file "$extra" 8536da7c8188e2162ddd069918e66be1a5781b1a5e0a701f6e9093e3ac777888; }
do_unpack() {
  do_default_unpack
  mkdir -p "$CACHE_PATH/more"
  pushd "$CACHE_PATH/more" >/dev/null
  unzip -q "$HAB_CACHE_SRC_PATH/$extra"
  popd >/dev/null
}
pkg_bin_dirs=(bin)
do_install() { do_default_install; cp more/hello-1.0/hello.in "$pkg_prefix/more"; }
