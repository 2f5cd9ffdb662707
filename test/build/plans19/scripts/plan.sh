pkg_name=scripts
pkg_origin=acme
pkg_version=1.0
pkg_deps=(acme/shell)
pkg_bin_dirs=(bin)
do_build() { return 0; }
do_install() { printf '#!/usr/bin/env shell\necho hi\n' >"$pkg_prefix/bin/tool"; chmod +x "$pkg_prefix/bin/tool"; }
do_after() {
  fix_interpreter "$pkg_prefix/bin/*" acme/shell bin/env
  pkg_interpreter_for acme/shell bin/shell >"$pkg_prefix/interpreter"
}
