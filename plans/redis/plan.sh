pkg_name=redis
pkg_origin=core
pkg_description="In-memory data store, with persistence"
pkg_license=(BSD-3-Clause)
pkg_upstream_url=https://redis.io
pkg_deb_packages=(redis-server redis-tools)
pkg_deb_drop=(lib share)
pkg_deps=(
  core/glibc
  core/gcc-libs
  core/openssl
  core/systemd-libs
  core/jemalloc
  core/liblzf
  core/busybox-static
)
pkg_bin_dirs=(bin)
pkg_exports=(
  [port]=port
)
pkg_exposes=(port)
# It writes what it holds to disk before it goes. With much memory and slow disks that takes minutes,
# and one that is cut short has to recover when it starts.
pkg_shutdown_timeout_sec=300
