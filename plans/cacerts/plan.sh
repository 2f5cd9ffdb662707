pkg_name=cacerts
pkg_origin=core
pkg_description="Certificate authorities that Mozilla trusts, in one file"
pkg_license=(MPL-2.0)
pkg_upstream_url=https://wiki.mozilla.org/CA
pkg_deb_packages=(ca-certificates)
pkg_deb_ignore=(openssl)
pkg_deb_drop=(bin sbin share)

do_setup_environment() {
  set_runtime_env SSL_CERT_FILE "$pkg_prefix/ssl/cert.pem"
}

do_install() {
  debian_install
  mkdir "$pkg_prefix/ssl"
  cat "$CACHE_PATH"/root/share/ca-certificates/mozilla/*.crt >"$pkg_prefix/ssl/cert.pem"
  # Where plans for the original look for it.
  mkdir "$pkg_prefix/ssl/certs"
  ln -s ../cert.pem "$pkg_prefix/ssl/certs/cacert.pem"
}
