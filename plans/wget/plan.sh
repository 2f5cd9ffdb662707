pkg_name=wget
pkg_origin=core
pkg_description="Downloads files"
pkg_license=(GPL-3.0-or-later)
pkg_upstream_url=https://www.gnu.org/software/wget
pkg_deb_packages=(wget)
pkg_deb_drop=(share)
pkg_deps=(
  core/glibc
  core/bash
  core/cacerts
  core/gnutls
  core/libidn2
  core/libpsl
  core/nettle
  core/pcre2
  core/util-linux
  core/zlib
)
pkg_bin_dirs=(bin)

# The program knows no variable for the authorities it trusts, and would take the host's.
do_install() {
  debian_install
  mkdir "$pkg_prefix/libexec"
  mv "$pkg_prefix/bin/wget" "$pkg_prefix/libexec/wget"
  sed --expression="s|@bash@|$(pkg_path_for core/bash)/bin/bash|" \
    --expression="s|@wget@|$pkg_prefix/libexec/wget|" \
    --expression="s|@cacerts@|$(pkg_path_for core/cacerts)/ssl/cert.pem|" "$PLAN_CONTEXT/wget.bash" >"$pkg_prefix/bin/wget"
  chmod 0755 "$pkg_prefix/bin/wget"
  debian_finish
}
