pkg_name=curl
pkg_origin=core
pkg_description="Transfers of data by URL: program, and the library with either TLS library"
pkg_license=(curl)
pkg_upstream_url=https://curl.se
pkg_deb_packages=(curl libcurl4 libcurl3-gnutls libcurl4-openssl-dev)
pkg_deb_drop=(bin/curl-config "$debian_lib"/\*.a share)
pkg_deps=(
  core/glibc
  core/brotli
  core/cacerts
  core/gnutls
  core/krb5
  core/libidn2
  core/libpsl
  core/librtmp
  core/libssh2
  core/nettle
  core/nghttp2
  core/openldap
  core/openssl
  core/zlib
  core/zstd
)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")
pkg_include_dirs=(include)
pkg_pconfig_dirs=("$debian_lib/pkgconfig")

# The authorities it trusts are those of SSL_CERT_FILE, which core/cacerts sets, and not the host's.
do_install() {
  local library
  debian_install
  debian_finish
  for library in libcurl.so.4.8.0 libcurl-gnutls.so.4.8.0; do
    debian_edit_strings "$debian_lib/$library" /etc/ssl/ /hab/ssl/
  done
}
