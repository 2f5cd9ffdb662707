pkg_name=openssl
pkg_origin=core
pkg_description="TLS and cryptography library, with its command line tool"
pkg_license=(Apache-2.0)
pkg_upstream_url=https://www.openssl.org
pkg_deb_packages=(libssl3 openssl libssl-dev)
# Perl scripts, and links to certificates of the host.
pkg_deb_drop=("$debian_lib"/\*.a bin/c_rehash lib/ssl/misc lib/ssl/cert.pem lib/ssl/certs lib/ssl/private lib/ssl/openssl.cnf)
pkg_deps=(core/glibc)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
pkg_pconfig_dirs=("$debian_lib/pkgconfig")

# The library has directories of the host compiled in, for its configuration, providers and engines. There is nothing
# at the places that are named instead; these variables say where the package's own are.
do_setup_environment() {
  set_runtime_env OPENSSL_CONF "$pkg_prefix/lib/ssl/openssl.cnf"
  set_runtime_env OPENSSL_MODULES "$pkg_prefix/$debian_lib/ossl-modules"
  set_runtime_env OPENSSL_ENGINES "$pkg_prefix/$debian_lib/engines-3"
}

do_install() {
  debian_install
  mkdir -p "$pkg_prefix/lib/ssl"
  cp "$CACHE_PATH/root/etc/ssl/openssl.cnf" "$pkg_prefix/lib/ssl/openssl.cnf"
  debian_finish
  debian_edit_strings "$debian_lib/libcrypto.so.3" /usr/lib/ /hab/lib/
}
