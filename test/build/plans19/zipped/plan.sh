pkg_name=zipped
pkg_origin=acme
pkg_version=1.0
pkg_source="$PLAN_URL/hello-1.0.zip"
pkg_filename=zipped-1.0.zip
pkg_shasum=8536da7c8188e2162ddd069918e66be1a5781b1a5e0a701f6e9093e3ac777888
do_unpack() { mkdir -p "$CACHE_PATH"; cd "$CACHE_PATH"; unzip "$HAB_CACHE_SRC_PATH/$pkg_filename"; }
do_build() { return 0; }
do_install() { cp hello-1.0/hello.in "$pkg_prefix/hello"; }
