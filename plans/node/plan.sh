pkg_name=node
pkg_origin=core
pkg_description="Runtime of JavaScript for servers, version 18, without npm"
pkg_license=(MIT)
pkg_upstream_url=https://nodejs.org
# Parts of it that are written in JavaScript have packages of their own.
pkg_deb_packages=(nodejs libnode108 node-acorn node-busboy node-cjs-module-lexer node-undici)
pkg_deb_ignore=('*')
pkg_deb_drop=(share/{doc/\*/\*.md,nodejs/corepack,systemtap,javascript,gdb} lib/"$debian_triplet"/nodejs/include)
pkg_deps=(
  core/glibc
  core/bash
  core/brotli
  core/c-ares
  core/gcc-libs
  core/icu
  core/libuv
  core/nghttp2
  core/openssl
  core/zlib
)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")
pkg_interpreters=(bin/node)

# It reads the parts in JavaScript from a place of Debian when it starts, and a path of a package does not fit there. The script in
# front of it opens their directory under a number, which does; whatever it starts itself has it too.
do_install() {
  debian_install
  mkdir "$pkg_prefix/libexec"
  mv "$pkg_prefix/bin/node" "$pkg_prefix/libexec/node"
  sed --expression="s|@bash@|$(pkg_path_for core/bash)/bin/bash|" \
    --expression="s|@prefix@|$pkg_prefix|" "$PLAN_CONTEXT/node.bash" >"$pkg_prefix/bin/node"
  chmod 0755 "$pkg_prefix/bin/node"
  debian_finish
  debian_edit_strings "$debian_lib/libnode.so.108" /usr/share/nodejs/ /proc/self/fd/200/
}
