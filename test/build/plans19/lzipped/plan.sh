pkg_name=lzipped
pkg_origin=acme
pkg_version=1.0
pkg_source="$PLAN_URL/hello-1.0.tar.lz"
pkg_shasum=30ab8900f93f0c1e5f9658ae4cbb9a4cbd5679e8e80621c9e26be6333664580f
pkg_dirname=hello-1.0
# No archive that unpack_file knows.
do_unpack() { mkdir -p "$CACHE_PATH"; cp "$HAB_CACHE_SRC_PATH/$pkg_filename" "$CACHE_PATH/"; }
do_build() { return 0; }
do_install() { cp hello-1.0.tar.lz "$pkg_prefix/"; }
