pkg_name=prebuilt
pkg_origin=acme
pkg_version=1.0
pkg_source="$PLAN_URL/hello-1.0.tar.gz"
pkg_filename=hello-1.0.tar.gz
pkg_shasum=b8a8fd6ab24bb63938c1f7284f492d6c9917eb6398abc647ed028c317c5c1223
pkg_dirname=hello-1.0
pkg_lib_dirs=(lib)
pkg_deps=(acme/library)
do_build() { return 0; }
do_install() { cp -r . "$pkg_prefix/lib/"; echo "$LD_RUN_PATH" >"$pkg_prefix/run-path"; }
do_strip() { return 0; }
