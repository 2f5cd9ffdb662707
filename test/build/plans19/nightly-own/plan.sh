pkg_name=nightly-own
pkg_origin=acme
# Replaces a function of the build program and reads an internal name.
update_pkg_version() {
  pkg_version=7.7
  pkg_dirname="$pkg_name-$pkg_version"
  pkg_prefix="$HAB_PKG_PATH/$pkg_origin/$pkg_name/$pkg_version/$pkg_release"
  pkg_artifact="$HAB_CACHE_ARTIFACT_PATH/$pkg_origin-$pkg_name-$pkg_version-$pkg_release-$pkg_target.$_artifact_ext"
}
pkg_version() { :; }
do_before() { update_pkg_version; }
do_build() { return 0; }
do_install() { echo "$pkg_name" >"$pkg_prefix/file"; }
