pkg_name=cloned
pkg_origin=acme
pkg_version=1.0
pkg_source="$PLAN_REPOSITORY"
pkg_deps=(acme/service acme/web)
do_download() { rm -rf "$HAB_CACHE_SRC_PATH/$pkg_dirname"; git clone -q "$pkg_source" "$HAB_CACHE_SRC_PATH/$pkg_dirname"; }
do_verify() { return 0; }
do_clean() { return 0; }
do_unpack() { return 0; }
do_build() { return 0; }
do_install() { cp README "$pkg_prefix/"; printf "%s\n" "${pkg_deps_resolved[@]}" >"$pkg_prefix/deps"; }
