scaffolding_load() {
  pkg_deps=(acme/service "${pkg_deps[@]}")
  pkg_bin_dirs=("${pkg_bin_dirs[@]}" bin)
}
# Keeps the stock default under another name and wraps it.
eval "$(declare -f do_default_build_config | sed '1s/do_default_build_config/_stock_build_config/')"
do_default_build_config() {
  _stock_build_config
  mkdir -p "$pkg_prefix/hooks"
  [[ -e "$pkg_prefix/hooks/init" ]] || printf '#!/bin/sh\n# made by the scaffolding\n' >"$pkg_prefix/hooks/init"
}
do_default_build() { echo "built by the scaffolding from $SRC_PATH" >built; }
do_default_install() { cp built "$pkg_prefix/bin/"; }
