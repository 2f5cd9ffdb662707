# A member of a MariaDB group of leader topology: runs the server, and keeps it what the ring says it is, the primary or a replica
# of the primary by global transaction ids. The run hook starts it. A server starts read only, always; only the one that the ring
# has elected takes writes, when it has applied what it received. A replica that has what its primary has not is made anew from
# that, if both are of the same data.
#
# Environment: HAB_DATA, HAB_VAR, HAB_CONFIG (directories of the service), HAB_PACKAGE, HAB_LIBEXEC, and PATH.
. "$HAB_LIBEXEC/server.sh"

# read_group: what the ring says, from the file that hab renders. Between elections the last word holds.
read_group() {
  while read -r kind first second third; do
    case "$kind" in
      role) role=${first:-$role} ;;
      me) me=$first ;;
      tls) tls=$first ;;
      log_seconds) log_seconds=$first ;;
      leader) leader_address=$second leader_port=$third ;;
    esac
  done <"$HAB_CONFIG/group"
  if ! cmp -s "$HAB_CONFIG/replication.cnf" "$HAB_VAR/replication.cnf"; then
    rm -f "$HAB_VAR/replication.cnf"
    cat "$HAB_CONFIG/replication.cnf" >"$HAB_VAR/replication.cnf"
  fi
}

start_member() {
  start_server --server-id="$((0x$(echo "$me" | cut -c 1-8) | 1))" --read-only --log-bin="$data/binlog" --log-slave-updates \
    --gtid-strict-mode --skip-slave-start --relay-log="$data/relay" --slave-net-timeout=6 --sync-binlog=1 \
    --binlog-expire-logs-seconds="$log_seconds"
}

# slave FIELD: of what the server says of its replication; nothing where it is none.
slave() { echo "$replication" | sed -n "s/^ *$1: //p"; }

step() {
  read_group
  if ! answer=$(sql --execute 'select @@read_only'); then
    state starting 'the server does not take connections yet'
    return
  fi
  replication=$(sql --vertical --column-names --execute 'show slave status') || return
  if [ "$role" = leader ]; then lead; elif [ "$role" = follower ] && [ -n "$leader_address" ]; then follow; fi
}

# lead: takes writes when all that was received is applied.
lead() {
  if [ -n "$replication" ]; then
    sql --execute 'stop slave io_thread'
    case "$(slave Slave_SQL_Running) $(slave Slave_SQL_Running_State)" in
      'Yes Slave has read all relay log'*) ;;
      Yes*)
        state standing 'applies what it has received'
        return
        ;;
    esac
    sql --execute 'stop slave; reset slave all' || return
  fi
  if [ "$answer" = 1 ]; then
    sql --execute 'set global read_only = 0' || return
    settled=
  fi
  if [ -z "$settled" ]; then
    if ! { cat "$HAB_CONFIG/group.sql" "$HAB_CONFIG/application.sql" | sql; }; then
      state leading "but the user of the application cannot be made: $(tail -n 1 "$HAB_VAR/said")"
      return
    fi
    settled=1
  fi
  # From the first replica on it is the group's.
  if [ -e "$HAB_DATA/fresh" ] && sql --execute 'show processlist' | grep -q 'Binlog Dump'; then rm -f "$HAB_DATA/fresh"; fi
  state leading ''
}

# ask_leader QUERY: what the primary answers.
ask_leader() {
  timeout 10 mariadb --defaults-extra-file="$HAB_VAR/replication.cnf" --host="$leader_address" --port="$leader_port" \
    --batch --skip-column-names --execute "$1" 2>"$HAB_VAR/said"
}

follow() {
  settled=
  if [ "$answer" = 0 ]; then
    state stopping 'another member leads: it takes no writes any more'
    sql --execute 'set global read_only = 1' || return
  fi
  if [ "$(slave Master_Host):$(slave Master_Port) $(slave Master_SSL_Allowed)" = "$leader_address:$leader_port $tls" ]; then
    case "$(slave Slave_IO_Running) $(slave Slave_SQL_Running)" in
      'Yes Yes') state following "$leader_address $leader_port" ;;
      'Connecting Yes') state waiting "for the primary at $leader_address $leader_port: $(slave Last_IO_Error)" ;;
      *)
        case "$(slave Last_IO_Errno) $(slave Last_SQL_Errno)" in
          # What was applied here is not there, or not in its order; or what comes next is not there any more.
          1236\ * | *\ 1950) same_data && copy_from_leader ;;
          *\ 0) sql --execute 'start slave' ;;
          *) state broken "replication has stopped: $(slave Last_SQL_Error)" ;;
        esac
        ;;
    esac
    return
  fi
  if [ -n "$replication" ]; then sql --execute 'stop slave'; fi
  if ! theirs=$(ask_leader 'select name from hab.data'); then
    state waiting "the primary at $leader_address $leader_port does not answer: $(tail -n 1 "$HAB_VAR/said")"
  elif [ -e "$HAB_DATA/fresh" ] && is_unused; then
    copy_from_leader
  elif same_data; then
    # What it wrote itself, as a primary, counts as well.
    demote=
    if [ -z "$replication" ] && [ -n "$(sql --execute 'select @@gtid_binlog_pos')" ]; then demote=', master_demote_to_slave = 1'; fi
    {
      echo "change master to master_host = '$leader_address', master_port = $leader_port, master_use_gtid = slave_pos$demote,"
      cat "$HAB_CONFIG/replication.sql"
      echo 'start slave;'
    } | sql || state waiting "to follow $leader_address $leader_port: $(tail -n 1 "$HAB_VAR/said")"
  fi
}

# is_unused: nobody has put anything into it.
is_unused() {
  [ "$(sql --execute "select count(*) from information_schema.tables where table_schema not in ('mysql', 'sys', 'information_schema', 'performance_schema', 'hab')")" = 0 ]
}

same_data() {
  theirs=$(ask_leader 'select name from hab.data') || return 1
  ours=$(sql --execute 'select name from hab.data')
  if [ "$theirs" = "$ours" ]; then return 0; fi
  state foreign "the primary at $leader_address $leader_port has other data than this member. Nothing is changed here. If this member's can go, remove $data"
  return 1
}

# All that the primary has, into data of its own, which take the place of what was here when they are complete.
copy_from_leader() {
  state copying "from $leader_address $leader_port"
  create_database "$data.copy" || return
  # What comes may be of an older release.
  rm -f "$data.copy/mysql_upgrade_info"
  (
    socket="$HAB_VAR/copy.sock"
    start_server --datadir="$data.copy" --socket="$socket" --pid-file="$HAB_VAR/copy.pid" --skip-networking --skip-log-bin
    while runs && ! sql --execute 'select 1' >/dev/null; do sleep 0.2; done
    set -o pipefail
    mariadb-dump --defaults-extra-file="$HAB_VAR/replication.cnf" --host="$leader_address" --port="$leader_port" \
      --all-databases --single-transaction --master-data=1 --gtid --routines --events --flush-privileges 2>"$HAB_VAR/said" |
      mariadb --no-defaults --socket="$socket" && sql --execute 'reset slave all'
    loaded=$?
    stop_server
    exit "$loaded"
  ) || {
    rm -rf "$data.copy"
    state waiting "to copy from $leader_address $leader_port again: $(tail -n 1 "$HAB_VAR/said")"
    return 1
  }
  stop_server
  sync
  rm -rf "$data.replaced"
  mv "$data" "$data.replaced" && mv "$data.copy" "$data"
  rm -rf "$data.replaced" "$HAB_DATA/fresh"
  start_member
}

end() {
  trap '' INT TERM
  stop_server
  exit 0
}

role= me= tls= log_seconds=0 leader_address= leader_port= settled=
# What was cut short between two names.
if ! [ -d "$data" ] && [ -d "$data.replaced" ]; then mv "$data.replaced" "$data"; fi
trap end INT TERM
read_group
start_member
while runs; do
  step
  sleep 0.5
done
wait "$server"
