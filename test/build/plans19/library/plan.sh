pkg_name=library
pkg_origin=acme
pkg_version=1.0
# Directories for pkg-config, do_prepare alone, a branch on the kind of studio at the top level.
pkg_source="$PLAN_URL/hello-1.0.tar.gz"
pkg_filename=hello-1.0.tar.gz
pkg_shasum=b8a8fd6ab24bb63938c1f7284f492d6c9917eb6398abc647ed028c317c5c1223
pkg_dirname=hello-1.0
pkg_bin_dirs=(bin)
pkg_lib_dirs=(lib)
pkg_include_dirs=(include)
pkg_pconfig_dirs=(lib/pkgconfig)
pkg_build_deps=(acme/defaults)
if [[ "$STUDIO_TYPE" == stage1 ]]; then pkg_build_deps=(acme/never); fi
do_prepare() { echo prepared >prepared; }
