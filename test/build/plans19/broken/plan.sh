pkg_name=broken
pkg_origin=acme
pkg_version=1.0
# Misspelt names: HAB_CACHED_SRC_PATH is empty, pkg_maintainers is nothing.
pkg_maintainers="somebody"
do_unpack() { cd "$HAB_CACHED_SRC_PATH/nothing-$pkg_version"; }
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
