pkg_name=defaults
pkg_origin=acme
pkg_version=1.0
# No function at all: every phase is the default one.
pkg_description='Values in quotes and without'
pkg_license=('MIT' Apache-2.0)
pkg_source="$PLAN_URL/hello-1.0.tar.gz"
pkg_filename=hello-1.0.tar.gz
pkg_shasum=b8a8fd6ab24bb63938c1f7284f492d6c9917eb6398abc647ed028c317c5c1223
pkg_dirname=hello-1.0
pkg_bin_dirs=(bin)
