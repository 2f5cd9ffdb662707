# The MariaDB server of this service: making its data, starting, stopping and asking it.
data=$HAB_DATA/mysql
umask 077

say() { echo "group: $*"; }

# state WORD REASON: what the health check reads. Said when it changes.
state() {
  if [ "$1 $2" = "$last_state" ]; then return; fi
  last_state="$1 $2"
  say "$1${2:+: $2}"
  printf '%s %s\n' "$1" "$2" >"$HAB_VAR/state.new" && mv "$HAB_VAR/state.new" "$HAB_VAR/state"
}

# create_database DIRECTORY: empty, complete when it has its name. root and the service's own user come in by the socket.
create_database() {
  rm -rf "$1.new"
  mkdir "$1.new" || return 1
  sql="$HAB_PACKAGE/share/mysql"
  {
    # A statement is a line here.
    echo 'create database if not exists mysql;'
    echo 'use mysql;'
    echo "set @auth_root_socket = '$(id -un)';"
    cat "$sql/mysql_system_tables.sql" "$sql/mysql_performance_tables.sql" "$sql/mysql_system_tables_data.sql" \
      "$sql/fill_help_tables.sql" "$sql/maria_add_gis_sp_bootstrap.sql" "$sql/mysql_sys_schema.sql"
  } | mariadbd --defaults-file="$HAB_CONFIG/my.cnf" --datadir="$1.new" --bootstrap --silent-startup --log-warnings=0 \
    --enforce-storage-engine= --max-allowed-packet=8M --net-buffer-length=16K >/dev/null || return 1
  # By what mariadb-upgrade knows that there is nothing for it to do, which takes it many seconds.
  mariadbd --no-defaults --version | sed -n 's/.*Ver \([0-9.]*-MariaDB\).*/\1/p' >"$1.new/mysql_upgrade_info"
  mv "$1.new" "$1"
}

# start_server [WORD…]: with these options beside what is configured.
start_server() {
  mariadbd --defaults-file="$HAB_CONFIG/my.cnf" "$@" &
  server=$!
}

# A process that ended and that the shell has not collected is none any more.
runs() {
  [ -n "$server" ] && read -r _ _ process_state _ 2>/dev/null <"/proc/$server/stat" && [ "$process_state" != Z ]
}

stop_server() {
  if runs; then kill -TERM "$server"; fi
  while runs; do sleep 0.1; done
  wait "$server"
  server=
}

# sql WORD…: the client as the superuser of this server, without names of columns.
sql() {
  timeout 30 mariadb --no-defaults --socket="${socket:-$HAB_VAR/mariadbd.sock}" --batch --skip-column-names --raw "$@" 2>"$HAB_VAR/said"
}
