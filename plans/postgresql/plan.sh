pkg_name=postgresql
pkg_origin=core
pkg_description="Relational database"
pkg_license=(PostgreSQL)
pkg_upstream_url=https://www.postgresql.org
pkg_deb_packages=(postgresql-15 postgresql-client-15 libpq5)
pkg_deb_ignore=(libselinux1 libuuid1)
__postgresql=lib/postgresql/15
# Compilation of queries and three extensions, for the libraries that only they need (LLVM alone has 100 MB), and what
# extensions are built with.
pkg_deb_drop=(
  "$__postgresql"/lib/{bitcode,llvmjit\*,pgxs,pgxml.so,sepgsql.so,uuid-ossp.so,\*.a}
  share/postgresql/15/extension/{uuid-ossp,xml2}\*
  share/postgresql/15/contrib
  share/{postgresql-common,locale}
  lib/systemd
)
pkg_deps=(
  core/glibc
  core/gcc-libs
  core/busybox-static
  core/icu
  core/krb5
  core/libxml2
  core/lz4
  core/openldap
  core/openssl
  core/pam
  core/readline
  core/systemd-libs
  core/tzdata
  core/zlib
  core/zstd
)
pkg_bin_dirs=("$__postgresql/bin")
pkg_lib_dirs=("$debian_lib")
pkg_exports=(
  [port]=port
  [database]=application.database
  [user]=application.user
  [password]=application.password
)
pkg_exposes=(port)
# Ends connections, writes what it holds to disk and goes; TERM would wait for clients to leave. With much memory and slow disks that takes minutes,
# and one that is cut short has to recover when it starts.
pkg_shutdown_signal=INT
pkg_shutdown_timeout_sec=300

# The server would read time zones of the host. A path of a package does not fit into the place of that path; the
# server's working directory is its data directory, and the run hook links the zones to beside it. initdb finds none, so that
# it does not write the host's zone into the configuration.
do_install() {
  local program
  debian_install
  debian_finish
  for program in postgres initdb; do
    debian_edit_strings "$__postgresql/bin/$program" /usr/share/zoneinfo ../////////zoneinfo
  done
  mkdir -p "$pkg_prefix/libexec"
  cp "$PLAN_CONTEXT"/libexec/*.sh "$pkg_prefix/libexec/"
}
