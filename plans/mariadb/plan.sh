pkg_name=mariadb
pkg_origin=core
pkg_description="Relational database, a continuation of MySQL"
pkg_license=(GPL-2.0-only)
pkg_upstream_url=https://mariadb.org
pkg_deb_packages=(mariadb-server mariadb-server-core mariadb-client mariadb-client-core mariadb-common)
# Its scripts in Perl and those of Galera are left out, and so is what they need.
pkg_deb_ignore=('*')
pkg_deb_drop=(
  lib/{systemd,tmpfiles.d,sysusers.d,"$debian_triplet"}
  lib/mysql/plugin/{auth_pam\*,auth_pam_tool_dir,handlersocket.so,ha_sphinx.so}
  share/{apport,applications,doc-base,mysql-test,icons,metainfo,pixmaps}
  share/mysql/{debian-start.inc.sh,echo_stderr,mini-benchmark,wsrep\*}
)
pkg_deps=(
  core/glibc
  core/gcc-libs
  core/busybox-static
  core/libaio
  core/libedit
  core/liburing
  core/libxcrypt
  core/ncurses
  core/numactl
  core/openssl
  core/pcre2
  core/systemd-libs
  core/zlib
)
pkg_bin_dirs=(bin sbin)
pkg_exports=(
  [port]=port
  [database]=application.database
  [user]=application.user
  [password]=application.password
)
pkg_exposes=(port)
# It ends connections and writes what it holds to disk before it goes. With much memory and slow disks that takes minutes,
# and one that is cut short has to recover when it starts.
pkg_shutdown_timeout_sec=300

# What people work with, by MariaDB's name and by MySQL's; 100 MB of others are for development and repairs.
__wanted=" mariadb mariadb-admin mariadb-analyze mariadb-binlog mariadb-check mariadb-dump mariadb-import mariadb-optimize
 mariadb-show mariadb-tzinfo-to-sql mariadb-upgrade my_print_defaults mysql mysqladmin mysqlbinlog mysqlcheck mysqldump mysqlimport
 mysqlshow mysql_tzinfo_to_sql mysql_upgrade "

do_install() {
  local each
  debian_install
  for each in "$pkg_prefix"/bin/*; do
    case "${__wanted//$'\n'/ }" in
      *" ${each##*/} "*) ;;
      *) rm "$each" ;;
    esac
  done
  debian_finish
  mkdir -p "$pkg_prefix/libexec"
  cp "$PLAN_CONTEXT"/libexec/*.sh "$pkg_prefix/libexec/"
}
