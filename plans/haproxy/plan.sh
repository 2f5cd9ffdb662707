pkg_name=haproxy
pkg_origin=core
pkg_description="HTTP load balancer before the members of a service group"
pkg_license=(GPL-2.0-or-later)
pkg_upstream_url=https://www.haproxy.org
pkg_deb_packages=(haproxy)
pkg_deb_drop=(lib share bin/halog)
pkg_deps=(
  core/glibc
  core/busybox-static
  core/libxcrypt
  core/lua53
  core/opentracing-c-wrapper
  core/openssl
  core/pcre2
  core/systemd-libs
)
pkg_bin_dirs=(sbin)
pkg_binds=(
  [backend]="port"
)
pkg_exports=(
  [port]=port
)
pkg_exposes=(port)
# Takes no more connections and goes when the last one is closed.
pkg_shutdown_signal=USR1
pkg_shutdown_timeout_sec=20
