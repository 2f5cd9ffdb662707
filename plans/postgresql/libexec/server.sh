# The PostgreSQL server of this member: starting, stopping and asking it, and asking others.
data=$HAB_DATA/15
umask 077
# What is said here is not held up by standbys that are missing.
export PGOPTIONS='-c synchronous_commit=local' PGCONNECT_TIMEOUT=3
patience_seconds=15

say() { echo "group: $*"; }

# state WORD REASON: what the health check reads. Said when it changes.
state() {
  if [ "$1 $2" = "$last_state" ]; then return; fi
  last_state="$1 $2"
  say "$1${2:+: $2}"
  printf '%s %s\n' "$1" "$2" >"$HAB_VAR/state.new" && mv "$HAB_VAR/state.new" "$HAB_VAR/state"
}

has_data() { [ -s "$data/PG_VERSION" ] && ! [ -e "$HAB_DATA/rewinding" ]; }

start_server() {
  cd "$data" || exit 1
  printf 'owner %s postgres\nowner root postgres\n' "$(id -un)" >pg_ident.conf
  postgres -D "$data" --config-file="$HAB_CONFIG/postgresql.conf" &
  server=$!
}

# A process that ended and that the shell has not collected is none any more.
runs() {
  [ -n "$server" ] && read -r _ _ process_state _ 2>/dev/null <"/proc/$server/stat" && [ "$process_state" != Z ]
}

# stop_server [SECONDS]: lets standbys have what there is; one that does not take it is not waited for.
stop_server() {
  runs || return 0
  kill -INT "$server"
  waited=0
  while runs; do
    sleep 0.1
    waited=$((waited + 1))
    if [ "$waited" = $((${1:-$patience_seconds} * 10)) ]; then kill -QUIT "$server"; fi
  done
  wait "$server"
  server=
}

server_port() { sed -n 4p "$data/postmaster.pid" 2>/dev/null; }

# sql [WORD…]: psql as the superuser of this server, values with blanks between them.
sql() {
  timeout 30 psql --no-psqlrc --quiet --no-align --tuples-only --field-separator ' ' --set ON_ERROR_STOP=1 \
    --host "$HAB_VAR" --port "$(server_port)" --username postgres --dbname "${database:-postgres}" "$@" 2>"$HAB_VAR/said"
}

# look: sets `in_recovery`, `receives` (t while it streams from its upstream), `timeline` and `position` (bytes) of this
# server; 1 when it does not answer.
look() {
  answer=$(database='dbname=postgres replication=database' sql --command IDENTIFY_SYSTEM \
    --command "select pg_is_in_recovery(), exists (select from pg_stat_wal_receiver where status = 'streaming')") || return 1
  set -- $answer
  [ $# = 6 ] || return 1
  system=$1 timeline=$2 in_recovery=$5 receives=$6
  position=$(bytes "$3")
}

# conninfo ADDRESS PORT: how this member comes to another.
conninfo() {
  case "$1$2" in *[!0-9a-zA-Z.:-]*) return 1 ;; esac
  printf 'host=%s port=%s user=hab_replication passfile=%s application_name=%s connect_timeout=3 keepalives_idle=5 keepalives_interval=2 keepalives_count=3' \
    "$1" "$2" "$HAB_VAR/pgpass" "$me"
}

# ask ADDRESS PORT [COMMAND]: sets `their_system`, `their_timeline`, `their_position`, `they_recover`, and `they_know_us`: t
# when the promotion that what we have descends from is one of theirs. 1 when there is no answer.
ask() {
  lineage=$(cat "$data/hab_lineage" 2>/dev/null)
  known="select pg_is_in_recovery(), exists (select from hab.promotion where token::text = '$lineage')"
  answer=$(ask_for "$1" "$2" --command IDENTIFY_SYSTEM --command "$known") || return 1
  set -- $answer
  [ $# = 6 ] || return 1
  their_system=$1 their_timeline=$2 they_recover=$5 they_know_us=$6
  their_position=$(bytes "$3")
  if [ -z "$lineage" ]; then they_know_us=t; fi
}

# ask_for ADDRESS PORT WORD…: what another member's server says to words of psql.
ask_for() {
  where=$(conninfo "$1" "$2") || return 1
  shift 2
  timeout 5 psql --no-psqlrc --quiet --no-align --tuples-only --field-separator ' ' --set ON_ERROR_STOP=1 \
    --dbname "$where dbname=postgres replication=database" "$@" 2>"$HAB_VAR/answer"
}

# bytes LSN: 1/2A as a number.
bytes() { echo $((0x${1%/*} * 4294967296 + 0x${1#*/})); }

# stream_from [ADDRESS PORT]: whom this server follows; nobody when nothing is said. It is told if it runs.
stream_from() {
  from=
  if [ $# = 2 ]; then from=$(conninfo "$1" "$2") || return 1; fi
  {
    echo "# Written by hab: whom this server follows, and who has to have a write before it is acknowledged."
    echo "primary_conninfo = '$from'"
    if [ "$synchronous" -gt 0 ]; then echo "synchronous_standby_names = 'ANY $synchronous (*)'"; fi
  } >"$HAB_VAR/replication.conf.new" && mv "$HAB_VAR/replication.conf.new" "$HAB_VAR/replication.conf"
  upstream="$*"
  if runs; then kill -HUP "$server"; fi
}

leave_upstream() { stream_from; }

# libpq takes a password from a file that is its owner's alone.
copy_password() {
  cmp -s "$HAB_CONFIG/pgpass" "$HAB_VAR/pgpass" && return
  rm -f "$HAB_VAR/pgpass.new"
  cat "$HAB_CONFIG/pgpass" >"$HAB_VAR/pgpass.new" && mv "$HAB_VAR/pgpass.new" "$HAB_VAR/pgpass"
}
