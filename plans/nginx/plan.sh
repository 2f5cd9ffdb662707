pkg_name=nginx
pkg_origin=core
pkg_description="Web server, and a proxy before the members of a service group"
pkg_license=(BSD-2-Clause)
pkg_upstream_url=https://nginx.org
pkg_deb_packages=(nginx nginx-common)
# It is started by hooks, with a configuration of its own.
pkg_deb_ignore=('*')
pkg_deb_drop=(lib share)
pkg_deb_keep=(etc/nginx/mime.types)
pkg_deps=(
  core/glibc
  core/busybox-static
  core/libxcrypt
  core/openssl
  core/pcre2
  core/zlib
)
pkg_bin_dirs=(sbin)
pkg_binds_optional=(
  [backend]="port"
)
pkg_exports=(
  [port]=port
)
pkg_exposes=(port)
# Takes no more connections and goes when the last request is answered.
pkg_shutdown_signal=QUIT
pkg_shutdown_timeout_sec=25
