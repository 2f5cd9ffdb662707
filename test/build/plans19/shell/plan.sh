pkg_name=shell
pkg_origin=acme
pkg_version=1.0
pkg_source="$PLAN_URL/hello-1.0.tar.gz"
pkg_filename=hello-1.0.tar.gz
pkg_shasum=b8a8fd6ab24bb63938c1f7284f492d6c9917eb6398abc647ed028c317c5c1223
pkg_dirname=hello-1.0
pkg_bin_dirs=(bin)
pkg_interpreters=(bin/sh bin/shell bin/env)
do_begin() { source "$PLAN_CONTEXT/patches.sh"; }
do_prepare() {
  do_default_prepare
  local patch
  for patch in "${patches[@]}"; do sed -i "$patch" hello.in; done
}
do_install() { do_default_install; printf '#!/bin/sh\nexec /bin/sh "$@"\n' >"$pkg_prefix/bin/shell"; chmod +x "$pkg_prefix/bin/shell"; cp "$pkg_prefix/bin/shell" "$pkg_prefix/bin/sh"; }
