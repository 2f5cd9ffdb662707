pkg_name=node-pg
pkg_origin=core
pkg_description="PostgreSQL client for programs in Node.js, with all that it requires"
pkg_license=(MIT)
pkg_upstream_url=https://node-postgres.com
# With the modules of JavaScript that it requires. The binding to libpq is another way to do the same.
pkg_deb_packages=(
  node-pg node-async libjs-async node-readable-stream node-split2 node-xtend node-inherits libjs-inherits node-core-util-is
  node-string-decoder node-safe-buffer node-process-nextick-args node-util-deprecate node-isarray node-through2
)
pkg_deb_ignore=(nodejs node-libpq)
pkg_deb_drop=(share/javascript)

# `require` and `import` look there: programs that depend on this package find `pg`.
do_setup_environment() {
  push_runtime_env NODE_PATH "$pkg_prefix/share/nodejs"
}
